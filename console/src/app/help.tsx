/** The keyboard's shortcuts. */
import { Dialog } from '../ui/dialog';
import { placesFor } from './navigation';
import { useTenant } from './tenant';
import { useTranslation } from './translation';

function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className="flex gap-1">
      {keys.map((key) => (
        <kbd
          key={key}
          className="min-w-6 rounded border border-line-strong bg-sunken px-1.5 text-center font-sans text-xs leading-5"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}

/** The dialog. */
export default function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const general = [
    [['⌘', 'K'], t('help.palette')],
    [['/'], t('help.filter')],
    [['?'], t('help.title')],
    [['⌘', 'S'], t('help.save')],
    [['Esc'], t('common.close')],
  ] as const;
  const places = placesFor(can).map(({ id, key }) => [['g', key], t(`places.${id}`)] as const);
  return (
    <Dialog title={t('help.title')} shape="wide" onClose={onClose}>
      <dl className="gap-x-12 sm:columns-2">
        {[...general, ...places].map(([keys, label]) => (
          <div key={label} className="flex break-inside-avoid items-center justify-between gap-6 py-1">
            <dt>{label}</dt>
            <dd>
              <Keys keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
