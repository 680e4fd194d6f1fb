/** How the branding is read, and what a change makes stale. */
import { call } from '@tenantry/sdk';

/** The branding that holds now. */
export const READ = call('get', '/config/branding');

/** Read again after a change. */
export const REFRESH = ['/config/branding', '/audit/logs'] as const;
