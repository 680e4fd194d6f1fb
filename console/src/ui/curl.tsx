/** “Show as curl”: every list and every action can show the request that it makes. */
import type { Call } from '@tenantry/sdk';
import { Check, Copy, Terminal } from 'lucide-react';
import { useState } from 'react';
import { useTenant } from '../app/tenant';
import { useTranslation } from '../app/translation';
import { Button, IconButton } from './button';
import { Dialog } from './dialog';
import { Scroll } from './scroll';

/** Fields that are never shown. */
export const SECRETS = ['password', 'admin_password', 'current_password', 'new_password', 'client_secret'];

interface CopyButtonProps {
  text: string;
  label: string;
  onCopy?: () => void;
}

/** Copies a text; shows for a moment that it did. */
export function CopyButton({ text, label, onCopy }: CopyButtonProps) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    onCopy?.();
    setTimeout(() => setDone(false), 1500);
  };
  const icon = isDone ? <Check aria-hidden className="size-4 text-good" /> : <Copy aria-hidden className="size-4" />;
  return <IconButton label={label} icon={icon} onClick={() => void copy()} className="size-7" />;
}

/** Code, ready to be copied. */
export function CodeText({ text, label, copyLabel }: { text: string; label: string; copyLabel: string }) {
  return (
    <div className="relative rounded-md border border-line bg-sunken">
      <Scroll label={label} className="overflow-x-auto p-3 pr-10">
        <pre className="font-mono text-xs leading-5">{text}</pre>
      </Scroll>
      <div className="absolute top-1 right-1">
        <CopyButton text={text} label={copyLabel} />
      </div>
    </div>
  );
}

/** A command, ready to be copied. */
export function CurlText({ target }: { target: Call }) {
  const { t } = useTranslation();
  const { client } = useTenant();
  return <CodeText text={client.curl(target, SECRETS)} label="curl" copyLabel={t('curl.copy')} />;
}

/** The button and its dialog. `target` is asked when it opens, so that it shows the form as it is then. */
export function CurlButton({ target, isIcon }: { target: () => Call; isIcon?: boolean }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Call>();
  const icon = <Terminal aria-hidden className="size-4" />;
  return (
    <>
      {isIcon ? (
        <IconButton label={t('curl.show')} icon={icon} onClick={() => setShown(target())} />
      ) : (
        <Button kind="quiet" icon={icon} onClick={() => setShown(target())}>
          {t('curl.show')}
        </Button>
      )}
      {shown && (
        <Dialog title={t('curl.title')} shape="wide" onClose={() => setShown(undefined)}>
          <p className="mb-3 text-ink-soft">{t('curl.explain')}</p>
          <CurlText target={shown} />
        </Dialog>
      )}
    </>
  );
}
