/** The words that roles and policies are made of: permissions, types of resources, role families; and one's own beside the product's. */
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Page } from '../../templates/page';
import { Families } from './families';
import { Permissions } from './permissions';
import { ResourceTypes } from './types';

/** The page. */
export function Catalogue() {
  const { t } = useTranslation();
  const { can } = useTenant();
  return (
    <Page title={t('places.catalogue')} description={t('catalogue.help')}>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="min-w-0 space-y-4">
          <Permissions />
        </div>
        <div className="min-w-0 space-y-4">
          {can('policies:read') && <ResourceTypes />}
          <Families />
        </div>
      </div>
    </Page>
  );
}
