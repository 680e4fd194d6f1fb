/** Unsaved changes are not left without a question. */
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from '../app/translation';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';

/** Asks before unsaved changes are left. */
export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    // Another query of the same page (a filter, a chosen tab) leaves nothing.
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') {
    return null;
  }
  return (
    <Dialog
      title={t('form.leaveTitle')}
      onClose={blocker.reset}
      footer={
        <>
          <Button onClick={blocker.reset}>{t('form.stay')}</Button>
          <Button kind="danger" onClick={blocker.proceed}>
            {t('form.leave')}
          </Button>
        </>
      }
    >
      <p>{t('form.leaveBody')}</p>
    </Dialog>
  );
}
