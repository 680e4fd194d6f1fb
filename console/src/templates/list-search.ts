/** The URL's query as the state of a page. */
import { useLocation, useNavigate } from '@tanstack/react-router';
import { changeSearch, type Search } from './list-model';

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The cursors of the pages before, so that one can go back. */
    trail?: string[];
  }
}

/** The URL's query, and how to change it. */
export function useListSearch() {
  const navigate = useNavigate();
  const location = useLocation();
  const search = location.search as Search;
  const trail = location.state.trail ?? [];
  const go = (next: Search, nextTrail: string[] = [], isQuiet = false) =>
    void navigate({
      to: '.',
      search: next as never,
      replace: isQuiet,
      state: (previous) => ({ ...previous, trail: nextTrail }),
      resetScroll: false,
    });
  /** `isQuiet` leaves no step for the way back: for what follows every key. */
  const change = (part: Record<string, string | undefined>, isQuiet = false) =>
    go(changeSearch(search, part), [], isQuiet);
  return { search, trail, go, change };
}
