/** What a sign-in waits for after its first step, as the refusal says it. */
import type { Schemas } from '@tenantry/sdk';
import { isStatus } from '../../app/api';
import { type Destinations, destinationsOf } from '../shared/send-code';

type Kind = Schemas['MethodType'];

/** A sign-in that waits. */
export interface Waiting {
  token: string;
  /** What it waits for: `totp`, `email`, `sms`, `passkey`, `backup_code`. */
  methods: readonly string[];
  /** Where codes can be sent, in part. */
  destinations: Destinations;
  /** For how many days this browser may be trusted; none where the organisation does not allow it. */
  trustDays: number;
}

/** The sign-in that waits for a second factor, if this is what the refusal says. */
export function waitingOf(error: unknown): Waiting | undefined {
  if (!isStatus(error, 401) || error.code !== 'mfa_required') {
    return undefined;
  }
  const { mfa_token: token, methods, trusted_device_days: days } = error.members;
  const destinations = destinationsOf(error.members.destinations);
  return typeof token === 'string' && Array.isArray(methods)
    ? { token, methods: methods.map(String), destinations, trustDays: typeof days === 'number' ? days : 0 }
    : undefined;
}

/** A sign-in that waits for a second factor to be set up. */
export interface Enrolling {
  token: string;
  /** What can be set up. */
  kinds: readonly Kind[];
  /** Whether a passkey may be made instead. */
  mayMakePasskey: boolean;
}

/** The sign-in that waits so, if this is what the refusal says. */
export function enrollingOf(error: unknown): Enrolling | undefined {
  if (!isStatus(error, 401) || error.code !== 'mfa_enrollment_required') {
    return undefined;
  }
  const { enrollment_token: token, methods } = error.members;
  const known: readonly Kind[] = ['totp', 'email', 'sms'];
  const kinds = Array.isArray(methods) ? known.filter((kind) => methods.includes(kind)) : [];
  const mayMakePasskey = Array.isArray(methods) && methods.includes('passkey');
  return typeof token === 'string' ? { token, kinds, mayMakePasskey } : undefined;
}
