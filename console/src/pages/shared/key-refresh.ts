/** What a change of a key makes stale. */
export const REFRESH = ['/api-keys', '/users', '/audit/logs'] as const;
