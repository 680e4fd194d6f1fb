/**
 * Ctrl/⌘+S saves, wherever the focus is: the form that it is in, else the one in the open dialog, else the first form of the page
 * that has changes, else the first form. The browser never offers to save the page instead.
 */
import { type RefObject, useEffect, useRef } from 'react';

interface Saving {
  isDirty: boolean;
  save: () => void;
}

interface Entry extends Saving {
  element: HTMLElement;
}

const mounted = new Set<{ current: Entry }>();

/** The form that the key means. */
export function chosenForm<Form extends { element: Element; isDirty: boolean }>(
  forms: readonly Form[],
  focused: Element | null,
  dialog: Element | null,
): Form | undefined {
  const inOrder = [...forms].sort((one, other) =>
    one.element.compareDocumentPosition(other.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
  );
  const within = dialog ? inOrder.filter(({ element }) => dialog.contains(element)) : inOrder;
  return (
    within.find(({ element }) => focused !== null && element.contains(focused)) ??
    within.find(({ isDirty }) => isDirty) ??
    within[0]
  );
}

function onKeyDown(event: globalThis.KeyboardEvent): void {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 's') {
    return;
  }
  event.preventDefault();
  const forms = [...mounted].map(({ current }) => current);
  chosenForm(forms, document.activeElement, [...document.querySelectorAll('dialog[open]')].at(-1) ?? null)?.save();
}

/** Announce a form; the answer goes to its element. */
export function useSaveKey<E extends HTMLElement>(saving: Saving): RefObject<E | null> {
  const element = useRef<E>(null);
  const latest = useRef(saving);
  latest.current = saving;
  useEffect(() => {
    if (!element.current) {
      return;
    }
    const entry = {
      current: {
        element: element.current,
        get isDirty() {
          return latest.current.isDirty;
        },
        save: () => latest.current.save(),
      },
    };
    if (mounted.size === 0) {
      window.addEventListener('keydown', onKeyDown);
    }
    mounted.add(entry);
    return () => {
      mounted.delete(entry);
      if (mounted.size === 0) {
        window.removeEventListener('keydown', onKeyDown);
      }
    };
  }, []);
  return element;
}
