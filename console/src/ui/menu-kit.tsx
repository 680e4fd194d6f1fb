/** The part of the menus that knows Radix; loaded with the first menu. */
import * as Radix from '@radix-ui/react-dropdown-menu';
import { Check as CheckMark } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes';
import { KitContext } from './menu';

const ITEM =
  'flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 outline-none select-none data-[highlighted]:bg-sunken ' +
  'data-[disabled]:opacity-50';

/** What the items of a menu are made of. */
const kit = { Item, Check, Choice, Label, Line };

/** The implementation of the items. */
export type MenuKit = typeof kit;

/** A menu that opens as it appears. */
export default function OpenMenu({
  trigger,
  children,
  label,
}: {
  trigger: ReactNode;
  children: ReactNode;
  label?: string;
}) {
  return (
    <KitContext value={kit}>
      <Radix.Root modal={false} defaultOpen>
        <Radix.Trigger asChild>{trigger}</Radix.Trigger>
        {/* Inside the page's landmark, where screen readers look for what belongs to the page. */}
        <Radix.Portal container={document.querySelector<HTMLElement>('main')}>
          <Radix.Content
            align="end"
            sideOffset={4}
            collisionPadding={8}
            aria-label={label}
            className="z-40 max-h-[min(28rem,var(--radix-dropdown-menu-content-available-height))] min-w-48 overflow-y-auto rounded-lg border border-line bg-raised p-1 text-ink shadow-xl"
          >
            {children}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </KitContext>
  );
}

interface ItemProps {
  children: ReactNode;
  onSelect: () => void;
  icon?: ReactNode;
  isDanger?: boolean;
  isDisabled?: boolean;
}

function Item({ children, onSelect, icon, isDanger, isDisabled }: ItemProps) {
  return (
    <Radix.Item disabled={isDisabled} onSelect={onSelect} className={classes(ITEM, isDanger && 'text-danger')}>
      {icon}
      {children}
    </Radix.Item>
  );
}

function Mark() {
  return (
    <span className="flex size-4 items-center justify-center">
      <Radix.ItemIndicator>
        <CheckMark aria-hidden className="size-4" />
      </Radix.ItemIndicator>
    </span>
  );
}

interface CheckProps {
  children: ReactNode;
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
}

function Check({ children, isChecked, onChange }: CheckProps) {
  return (
    <Radix.CheckboxItem
      checked={isChecked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
      className={ITEM}
    >
      <Mark />
      {children}
    </Radix.CheckboxItem>
  );
}

interface ChoiceProps {
  value: string;
  options: readonly (readonly [string, ReactNode])[];
  onChange: (value: string) => void;
}

function Choice({ value, options, onChange }: ChoiceProps) {
  return (
    <Radix.RadioGroup value={value} onValueChange={onChange}>
      {options.map(([key, label]) => (
        <Radix.RadioItem key={key} value={key} className={ITEM}>
          <Mark />
          {label}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

function Label({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-2 pb-1 text-xs font-medium text-ink-soft">{children}</Radix.Label>;
}

function Line() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
