/** The drawing itself; the only file that knows Recharts. */
import { Area, AreaChart, Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { useNumber } from '../ui/format';
import type { PlotData, PlotTone } from './plot';

const COLORS: Record<PlotTone, string> = {
  accent: 'var(--accent)',
  danger: 'var(--danger)',
  good: 'var(--good)',
  warn: 'var(--warn)',
  neutral: 'var(--line-strong)',
};

const TICK = { fill: 'var(--ink-soft)', fontSize: 12 } as const;
const MARGIN = { top: 4, right: 4, bottom: 0, left: 0 } as const;
const TOOLTIP = {
  background: 'var(--raised)',
  border: '1px solid var(--line)',
  borderRadius: 8,
  color: 'var(--ink)',
} as const;

/** An area or bar chart over days or names. */
export default function Chart({ kind, series, points }: PlotData) {
  const number = useNumber();
  const rows = points.map(({ label, values }) => ({ label, ...values }));
  const common = (
    <>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis dataKey="label" tick={TICK} tickLine={false} axisLine={false} minTickGap={24} />
      <YAxis tick={TICK} tickLine={false} axisLine={false} width={36} allowDecimals={false} tickFormatter={number} />
      <Tooltip contentStyle={TOOLTIP} cursor={{ fill: 'var(--sunken)', stroke: 'var(--line-strong)' }} />
    </>
  );
  return (
    <ResponsiveContainer width="100%" height="100%">
      {kind === 'area' ? (
        <AreaChart data={rows} margin={MARGIN} accessibilityLayer={false}>
          {common}
          {series.map(({ key, label, tone }) => (
            <Area
              key={key}
              dataKey={key}
              name={label}
              type="monotone"
              stroke={COLORS[tone]}
              strokeWidth={1.75}
              fill={COLORS[tone]}
              fillOpacity={0.14}
              isAnimationActive={false}
            />
          ))}
        </AreaChart>
      ) : (
        <BarChart data={rows} margin={MARGIN} accessibilityLayer={false}>
          {common}
          {series.map(({ key, label, tone }) => (
            <Bar
              key={key}
              dataKey={key}
              name={label}
              fill={COLORS[tone]}
              radius={[4, 4, 0, 0]}
              maxBarSize={44}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      )}
    </ResponsiveContainer>
  );
}
