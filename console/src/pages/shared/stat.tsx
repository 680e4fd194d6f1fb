/** One number with its name; the whole tile leads to the list behind it. */
import { useNumber } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Bar } from '../../ui/skeleton';

interface StatProps {
  label: string;
  /** Absent while it loads. */
  value: number | undefined;
  note?: string;
  to?: string;
  search?: Record<string, string>;
}

/** The tile. */
export function Stat({ label, value, note, to, search }: StatProps) {
  const number = useNumber();
  const name = to ? (
    <TenantLink to={to} search={search} className="after:absolute after:inset-0">
      {label}
    </TenantLink>
  ) : (
    label
  );
  return (
    <div className={`relative rounded-lg border border-line bg-surface px-4 py-3 ${to ? 'hover:bg-sunken' : ''}`}>
      <p className="text-[0.8125rem] text-ink-soft">{name}</p>
      {value === undefined ? (
        <Bar className="my-1.5 h-5 w-16" />
      ) : (
        <p className="text-2xl leading-8 font-semibold tracking-tight tabular-nums">{number(value)}</p>
      )}
      <p className="min-h-4 text-xs text-ink-soft">{note}</p>
    </div>
  );
}
