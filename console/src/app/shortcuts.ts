/** The keyboard: ⌘K, `?`, `/`, and `g` followed by the letter of a place. */
import { useEffect, useRef } from 'react';
import { useGo } from '../ui/link';
import { placesFor } from './navigation';
import { useTenant } from './tenant';

interface Shortcuts {
  onPalette: () => void;
  onHelp: () => void;
}

/** Keys that are typed into a field are text. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}

function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLElement>('[data-filter]');
  if (filter) {
    event.preventDefault();
    filter.focus();
  }
}

/** Listen to the page's keys. */
export function useShortcuts({ onPalette, onHelp }: Shortcuts): void {
  const { can } = useTenant();
  const go = useGo();
  const latest = useRef({ onPalette, onHelp, can, go });
  latest.current = { onPalette, onHelp, can, go };

  useEffect(() => {
    let leaderAt = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      const { onPalette, onHelp, can, go } = latest.current;
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        onPalette();
        return;
      }
      const hasModifier = event.metaKey || event.ctrlKey || event.altKey;
      if (hasModifier || isTyping(event.target) || document.querySelector('dialog[open]')) {
        return;
      }
      const place = placesFor(can).find(({ key }) => key === event.key);
      if (place && Date.now() - leaderAt < 1_500) {
        leaderAt = 0;
        go(place.to);
      } else if (event.key === 'g') {
        leaderAt = Date.now();
      } else if (event.key === '?') {
        onHelp();
      } else if (event.key === '/') {
        focusFilter(event);
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
