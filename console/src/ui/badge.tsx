/** Small coloured labels for states; the word carries the meaning, the colour only helps. */
import type { ReactNode } from 'react';
import { classes } from './classes';

/** What a colour stands for. */
export type Tone = 'neutral' | 'good' | 'warn' | 'danger' | 'info';

const TONES: Record<Tone, string> = {
  neutral: 'bg-sunken text-ink-soft',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  danger: 'bg-danger-soft text-danger',
  info: 'bg-info-soft text-info',
};

/** A label. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={classes(
        'inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        TONES[tone],
      )}
    >
      <span aria-hidden className="size-1.5 rounded-full bg-current opacity-70" />
      {children}
    </span>
  );
}

const STATE_TONES: Record<string, Tone> = {
  active: 'good',
  success: 'good',
  done: 'good',
  completed: 'info',
  running: 'info',
  provisioning: 'info',
  pending: 'warn',
  hold: 'warn',
  ready: 'neutral',
  refused: 'danger',
  suspended: 'danger',
  banned: 'danger',
  dead: 'danger',
};

/** The tone of a state of the API. */
export function toneOf(state: string): Tone {
  return STATE_TONES[state] ?? 'neutral';
}
