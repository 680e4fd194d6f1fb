/**
 * Menus behind a button, on Radix primitives: arrow keys, type-ahead, Escape. The primitives come when the first menu is
 * approached, so that they are no part of the first load.
 */
import { createContext, lazy, type ReactElement, type ReactNode, Suspense, useContext, useState } from 'react';
import type { MenuKit } from './menu-kit';

const loadKit = () => import('./menu-kit');
const OpenMenu = lazy(loadKit);

/** The items' implementation, provided inside an open menu. */
export const KitContext = createContext<MenuKit | undefined>(undefined);

function useKit(): MenuKit {
  const kit = useContext(KitContext);
  if (!kit) {
    throw new Error('An item belongs inside a menu');
  }
  return kit;
}

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<Record<string, unknown>>;
  children: ReactNode;
  label?: string;
}

/** A menu. */
export function Menu({ trigger, children, label }: MenuProps) {
  const [isWanted, setWanted] = useState(false);
  const waiting = (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside has the role; this only watches its approach
    <span
      className="contents"
      onPointerEnter={() => void loadKit()}
      onFocus={() => void loadKit()}
      onClick={() => setWanted(true)}
      onKeyDown={(event) => event.key === 'ArrowDown' && setWanted(true)}
    >
      {trigger}
    </span>
  );
  if (!isWanted) {
    return waiting;
  }
  return (
    <Suspense fallback={waiting}>
      <OpenMenu trigger={trigger} label={label}>
        {children}
      </OpenMenu>
    </Suspense>
  );
}

interface MenuItemProps {
  children: ReactNode;
  onSelect: () => void;
  icon?: ReactNode;
  isDanger?: boolean;
  isDisabled?: boolean;
}

/** Something to do. */
export function MenuItem(props: MenuItemProps) {
  const { Item } = useKit();
  return <Item {...props} />;
}

interface MenuCheckProps {
  children: ReactNode;
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
}

/** Something to switch on and off; the menu stays open. */
export function MenuCheck(props: MenuCheckProps) {
  const { Check } = useKit();
  return <Check {...props} />;
}

interface MenuChoiceProps {
  value: string;
  options: readonly (readonly [string, ReactNode])[];
  onChange: (value: string) => void;
}

/** One of several. */
export function MenuChoice(props: MenuChoiceProps) {
  const { Choice } = useKit();
  return <Choice {...props} />;
}

/** A heading inside a menu. */
export function MenuLabel({ children }: { children: ReactNode }) {
  const { Label } = useKit();
  return <Label>{children}</Label>;
}

/** A line between groups. */
export function MenuLine() {
  const { Line } = useKit();
  return <Line />;
}
