/** Plots: a picture for those who look, a table for those who read. Recharts comes in a chunk of its own. */
import { ChartColumn, Table2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from '../app/translation';
import { IconButton } from '../ui/button';
import { Card } from '../ui/card';
import { useNumber } from '../ui/format';
import { Scroll } from '../ui/scroll';
import { Bar } from '../ui/skeleton';

/** The colours that a line or bar may have. */
export type PlotTone = 'accent' | 'danger' | 'good' | 'warn' | 'neutral';

/** A line or a bar. */
export interface Series {
  key: string;
  label: string;
  tone: PlotTone;
}

/** A place on the horizontal axis with its values. */
export interface Point {
  label: string;
  values: Record<string, number>;
}

/** What is drawn. */
export interface PlotData {
  kind: 'area' | 'bar';
  series: readonly Series[];
  points: readonly Point[];
}

const Chart = lazy(() => import('./chart'));

interface PlotProps extends PlotData {
  title: string;
  description?: string;
  /** The heading of the first column of the table. */
  axis: string;
}

/** A plot in a card, with a switch to its table. */
export function Plot({ title, description, axis, ...data }: PlotProps) {
  const { t } = useTranslation();
  const [isTable, setTable] = useState(false);
  const Icon = isTable ? ChartColumn : Table2;
  const toggle = (
    <IconButton
      label={t(isTable ? 'plot.asPlot' : 'plot.asTable')}
      icon={<Icon aria-hidden className="size-4" />}
      className="size-7"
      onClick={() => setTable(!isTable)}
    />
  );
  return (
    <Card
      title={title}
      description={description}
      actions={
        <>
          <Legend series={data.series} />
          {toggle}
        </>
      }
    >
      {isTable ? (
        <PlotTable title={title} axis={axis} data={data} />
      ) : (
        <div className="h-52" role="img" aria-label={t('plot.of', { title })}>
          <Suspense fallback={<Bar className="h-full w-full" />}>
            <Chart {...data} />
          </Suspense>
        </div>
      )}
    </Card>
  );
}

const DOTS: Record<PlotTone, string> = {
  accent: 'bg-accent',
  danger: 'bg-danger',
  good: 'bg-good',
  warn: 'bg-warn',
  neutral: 'bg-line-strong',
};

function Legend({ series }: { series: readonly Series[] }) {
  if (series.length < 2) {
    return null;
  }
  return (
    <ul className="flex flex-wrap gap-4 text-xs text-ink-soft">
      {series.map(({ key, label, tone }) => (
        <li key={key} className="flex items-center gap-1.5">
          <span aria-hidden className={`size-2 rounded-full ${DOTS[tone]}`} />
          {label}
        </li>
      ))}
    </ul>
  );
}

function PlotTable({ title, axis, data }: { title: string; axis: string; data: PlotData }) {
  const number = useNumber();
  return (
    <Scroll label={title} className="max-h-60 overflow-y-auto">
      <table className="w-full text-left">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-ink-soft">
            <th scope="col" className="py-1 font-medium">
              {axis}
            </th>
            {data.series.map(({ key, label }) => (
              <th key={key} scope="col" className="py-1 text-right font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.points.map(({ label, values }) => (
            <tr key={label} className="border-b border-line last:border-b-0">
              <th scope="row" className="py-1 font-normal">
                {label}
              </th>
              {data.series.map(({ key }) => (
                <td key={key} className="py-1 text-right tabular-nums">
                  {number(values[key] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
