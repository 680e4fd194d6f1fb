/** A label and its control, for the few forms that send nothing by themselves. */
import { type ReactNode, useId } from 'react';

interface LabelledProps {
  label: string;
  hint?: string;
  /** The control; it takes the id, and the id of what describes it. */
  children: (id: string, describedBy: string | undefined) => ReactNode;
}

/** The pair. */
export function Labelled({ label, hint, children }: LabelledProps) {
  const id = useId();
  const hintId = hint ? `${id}-hint` : undefined;
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block font-medium">
        {label}
      </label>
      {children(id, hintId)}
      {hint && (
        <p id={hintId} className="text-[0.8125rem] text-ink-soft">
          {hint}
        </p>
      )}
    </div>
  );
}

/** What went wrong, in one sentence of its own. */
export function Wrong({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded-md border border-danger bg-danger-soft px-3 py-2 text-danger">
      {children}
    </p>
  );
}
