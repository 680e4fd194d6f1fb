/** Confirmations: what will happen, the call that does it, and for what destroys, the name typed out. */
import type { Call } from '@tenantry/sdk';
import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useState } from 'react';

const ConfirmDialog = lazy(() => import('./confirm-dialog'));

/** Something to confirm. */
export interface Confirmation {
  title: string;
  body: string;
  /** What it means, one thing a line. */
  points?: readonly string[];
  /** What the button says: the verb. */
  verb: string;
  call: Call;
  /** Another way to send it; nothing comes back when it was not sent after all. */
  send?: () => Promise<unknown>;
  /** What to say when it is done. */
  done: string;
  /** What is read again afterwards. */
  refresh: readonly string[];
  isDanger?: boolean;
  /** What must be typed before the button works. */
  word?: string;
  /** What a refusal means here; without, what it means anywhere. */
  explain?: (error: unknown) => string | undefined;
  /** Where to go afterwards. */
  onDone?: () => void;
}

const ConfirmContext = createContext<(confirmation: Confirmation) => void>(() => {});

/** Ask before doing. */
export function useConfirm(): (confirmation: Confirmation) => void {
  return useContext(ConfirmContext);
}

/** Provides `useConfirm` below it. */
export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Confirmation>();
  const ask = useCallback((confirmation: Confirmation) => setAsked(confirmation), []);
  return (
    <ConfirmContext value={ask}>
      {children}
      <Suspense>{asked && <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} />}</Suspense>
    </ConfirmContext>
  );
}
