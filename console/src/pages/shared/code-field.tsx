/** Where a code of an authenticator app, or a backup code, is typed. */
import { useEffect, useRef } from 'react';
import { Labelled } from '../../ui/labelled';

interface CodeFieldProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  /** Only digits: no backup code will do. */
  isNumeric?: boolean;
  /** Changes whenever the field should be typed in anew. */
  attempt: number;
}

/** The field; it has the focus when it appears, and again after a refusal. */
export function CodeField({ label, hint, value, onChange, isNumeric, attempt }: CodeFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every attempt begins in the field
  useEffect(() => input.current?.select(), [attempt]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => input.current?.focus(), [attempt]);
  return (
    <Labelled label={label} hint={hint}>
      {(id, describedBy) => (
        <input
          ref={input}
          id={id}
          aria-describedby={describedBy}
          className="control font-mono tracking-widest"
          required
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          inputMode={isNumeric ? 'numeric' : 'text'}
          maxLength={40}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Labelled>
  );
}
