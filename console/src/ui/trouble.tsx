/** What went wrong, what it means, and what to do next; the one place that turns errors into words. */
import { ApiError } from '@tenantry/sdk';
import { CircleAlert, WifiOff } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { isNetworkError } from '../app/api';
import type { Translate } from '../app/texts';
import { useTranslation } from '../app/translation';
import { Button } from './button';
import { CopyButton } from './curl';

type Kind = 'network' | 'forbidden' | 'missing' | 'conflict' | 'stale' | 'busy' | 'invalid' | 'server' | 'signedOut';

const KINDS: Record<number, Kind> = {
  401: 'signedOut',
  403: 'forbidden',
  404: 'missing',
  409: 'conflict',
  412: 'stale',
  429: 'busy',
};

/** A part of the console itself could not be loaded. */
function isLostChunk(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|importing a module/i.test(error.message);
}

/** Whether an error is one that pages explain. */
export function isKnownTrouble(error: unknown): boolean {
  return error instanceof ApiError || isNetworkError(error) || isLostChunk(error);
}

function kindOf(error: unknown): Kind {
  if (isNetworkError(error) || isLostChunk(error)) {
    return 'network';
  }
  if (error instanceof ApiError) {
    return KINDS[error.status] ?? (error.status >= 500 ? 'server' : 'invalid');
  }
  return 'server';
}

/** What an error means. */
function helpFor(error: unknown, kind: Kind, t: Translate): string {
  const isActing = error instanceof ApiError && error.code.startsWith('impersonation_');
  return t(isActing ? 'trouble.impersonating' : `trouble.${kind}.help`);
}

/** One sentence about an error, for toasts. */
export function sentenceFor(error: unknown, t: Translate): string {
  const kind = kindOf(error);
  const detail = error instanceof ApiError && ['conflict', 'invalid'].includes(kind) ? ` ${error.detail}` : '';
  return `${t(`trouble.${kind}.title`)}.${detail}`;
}

/** Seconds that count down to zero. */
function useCountdown(seconds: number): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000))), 250);
    return () => clearInterval(timer);
  }, [seconds]);
  return left;
}

/** Try again by itself when the network is back, or when the server's pause is over. */
function useSecondChance(kind: Kind, left: number, onRetry: (() => void) | undefined): void {
  useEffect(() => {
    if (kind !== 'network' || !onRetry) {
      return;
    }
    window.addEventListener('online', onRetry);
    return () => window.removeEventListener('online', onRetry);
  }, [kind, onRetry]);
  const isOver = kind === 'busy' && left === 0;
  useEffect(() => {
    if (isOver) {
      onRetry?.();
    }
  }, [isOver, onRetry]);
}

interface TroubleProps {
  error: unknown;
  onRetry?: () => void;
  /** Where else to go: a link to the list, for instance. */
  children?: ReactNode;
}

/** A failed read, in the place of what it would have shown. */
export function Trouble({ error, onRetry, children }: TroubleProps) {
  const { t } = useTranslation();
  const kind = kindOf(error);
  const left = useCountdown(error instanceof ApiError ? (error.retryAfter ?? 5) : 0);
  useSecondChance(kind, left, onRetry);
  const Icon = kind === 'network' ? WifiOff : CircleAlert;
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-2 px-4 py-12 text-center">
      <span className="flex size-10 items-center justify-center rounded-full bg-danger-soft text-danger">
        <Icon aria-hidden className="size-5" />
      </span>
      <p className="text-base font-semibold">{t(`trouble.${kind}.title`)}</p>
      <p className="text-ink-soft">{helpFor(error, kind, t)}</p>
      {error instanceof ApiError && ['conflict', 'invalid', 'server'].includes(kind) && <p>{error.detail}</p>}
      <RequestId error={error} />
      <div className="mt-2 flex flex-wrap justify-center gap-2">
        {onRetry && kind !== 'missing' && (
          <Button onClick={onRetry} disabled={kind === 'busy' && left > 0}>
            {kind === 'busy' && left > 0 ? t('trouble.retryIn', { seconds: left }) : t('common.retry')}
          </Button>
        )}
        {children}
      </div>
    </div>
  );
}

/** The id to name to an operator. */
function RequestId({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!(error instanceof ApiError) || !error.requestId || error.status < 500) {
    return null;
  }
  return (
    <p className="flex items-center gap-1 text-xs text-ink-soft">
      {t('trouble.requestId')} <code className="font-mono">{error.requestId}</code>
      <CopyButton text={error.requestId} label={t('trouble.copyId')} />
    </p>
  );
}

/** A refused write, above the form or in the dialog that made it; `help` takes the place of what the error means anywhere. */
export function Refusal({ error, help }: { error: unknown; help?: string }) {
  const { t } = useTranslation();
  const left = useCountdown(error instanceof ApiError ? (error.retryAfter ?? 0) : 0);
  const kind = kindOf(error);
  const isOwnWords = error instanceof ApiError && ['conflict', 'invalid', 'server'].includes(kind);
  return (
    <div role="alert" className="rounded-md border border-danger bg-danger-soft px-3 py-2 text-danger">
      <p className="font-medium">{t(`trouble.${kind}.title`)}</p>
      <p>{help ?? (isOwnWords ? error.detail : helpFor(error, kind, t))}</p>
      {left > 0 && <p>{t('trouble.retryIn', { seconds: left })}</p>}
      <RequestId error={error} />
    </div>
  );
}
