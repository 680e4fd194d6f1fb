/** What follows from a policy of second factors: the server reckons in the same way when somebody signs in. */
import type { Schemas } from '@tenantry/sdk';

/** A tenant's policy. */
export type MfaPolicy = Schemas['MfaPolicyView'];

/** Who must have a second factor. */
export type Required = Schemas['MfaRequired'];

/** A kind of second factor. */
export type Kind = Schemas['FactorKind'];

/** In the order in which they are offered. */
export const KINDS = ['totp', 'email', 'sms', 'passkey'] as const satisfies readonly Kind[];

/** The same for who must have one. */
export const REQUIRED = ['nobody', 'everybody', 'roles'] as const satisfies readonly Required[];

/** What the form holds. */
export const toValues = (policy: MfaPolicy) => ({
  required: policy.required as Required,
  role_ids: policy.role_ids as string[],
  methods: policy.methods as string[],
  grace_days: String(policy.grace_days),
  trusted_device_days: String(policy.trusted_device_days),
  understood: false,
});

/** The values of the form. */
export type PolicyValues = ReturnType<typeof toValues>;

/** Days, if it is a number of them that the server takes. */
export function daysOf(text: unknown): number | undefined {
  const days = Number(text);
  return String(text).trim() !== '' && Number.isInteger(days) && days >= 0 && days <= 90 ? days : undefined;
}

/** What is sent. */
export function toBody(values: PolicyValues): Schemas['ChangedMfaPolicy'] {
  const { required, role_ids, methods, grace_days, trusted_device_days } = values;
  return {
    required,
    // Left alone where they mean nothing: another list would count as another rule.
    ...(required === 'roles' && { role_ids }),
    methods: methods as Kind[],
    grace_days: daysOf(grace_days) ?? 0,
    trusted_device_days: daysOf(trusted_device_days) ?? 0,
  };
}

/** When people without a second factor are held up. */
export interface Outlook {
  /** Never, from now on, already, or from a day on. */
  when: 'never' | 'now' | 'already' | 'later';
  /** Of `later`. */
  at?: Date;
  /** Kinds that counted and no longer do. */
  dropped: readonly string[];
}

const DAY = 86_400_000;

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((each) => other.includes(each));

/** What saving these values means for accounts that exist already. */
export function outlookOf(saved: MfaPolicy, values: PolicyValues, clock: number): Outlook {
  // The clock here may be behind the server's.
  const now = Math.max(clock, saved.starts_at ? Date.parse(saved.starts_at) : clock);
  const { required, role_ids, methods, grace_days } = toBody(values);
  if (required === 'nobody') {
    return { when: 'never', dropped: [] };
  }
  const dropped = saved.required === 'nobody' ? [] : saved.methods.filter((kind) => !methods?.includes(kind as Kind));
  // Whatever changes but the days of grace makes them begin anew.
  const isKept =
    saved.required === required &&
    isSame(saved.role_ids, role_ids ?? saved.role_ids) &&
    isSame(saved.methods, methods ?? []);
  const grace = (grace_days ?? 0) * DAY;
  const dueBefore = saved.starts_at ? Date.parse(saved.starts_at) + saved.grace_days * DAY : Number.POSITIVE_INFINITY;
  const due = (isKept && saved.starts_at ? Date.parse(saved.starts_at) : now) + grace;
  if (due > now) {
    return { when: 'later', at: new Date(due), dropped };
  }
  return { when: isKept && dueBefore <= now ? 'already' : 'now', dropped };
}

/** Whether one's own second factors do under a policy. */
export function hasOwn(methods: readonly string[], own: readonly { type: string }[], passkeys: number): boolean {
  return own.some(({ type }) => methods.includes(type)) || (passkeys > 0 && methods.includes('passkey'));
}
