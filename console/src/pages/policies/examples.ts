/** Policies to start from. Those that deny begin switched off, so that nobody is kept out while they are being fitted. */
import { type PolicyValues, toValues } from './document';

/** An example. */
export interface Example {
  id: 'premium' | 'archived' | 'hours' | 'network' | 'factor' | 'device' | 'owner';
  values: PolicyValues;
}

/** Every example. */
export const EXAMPLES: readonly Example[] = [
  {
    id: 'premium',
    values: toValues({
      name: 'PremiumCustomerBookingPolicy',
      description: 'Allows premium customers to cancel bookings up to 24 hours before',
      target: { resource: 'booking', action: 'cancel' },
      rules: {
        effect: 'allow',
        conditions: [{ 'user.role': 'PremiumCustomer', 'booking.scheduled_time': '> now() + 24h' }],
      },
    }),
  },
  {
    id: 'archived',
    values: toValues({
      name: 'ArchivedProjectsStayAsTheyAre',
      description: 'Nobody changes an archived project',
      is_enabled: false,
      priority: 10,
      target: { resource: 'project', action: 'update' },
      rules: { effect: 'deny', conditions: [{ 'project.status': 'archived' }] },
    }),
  },
  {
    id: 'hours',
    values: toValues({
      name: 'ProjectsAreDeletedInBusinessHours',
      description: 'Projects are deleted only while the office is open',
      is_enabled: false,
      target: { resource: 'project', action: 'delete' },
      rules: {
        effect: 'deny',
        conditions: [
          {
            not: {
              'environment.business_hours': { days: 'mon-fri', from: '08:00', to: '18:00', time_zone: 'Europe/Berlin' },
            },
          },
        ],
      },
    }),
  },
  {
    id: 'network',
    values: toValues({
      name: 'MembersAreManagedFromTheOffice',
      description: 'Members are created, changed and deleted only from the office network',
      is_enabled: false,
      target: { resource: 'user', action: ['create', 'update', 'delete'] },
      rules: { effect: 'deny', conditions: [{ 'environment.ip': { not_in: ['10.0.0.0/8', '192.168.0.0/16'] } }] },
    }),
  },
  {
    id: 'factor',
    values: toValues({
      name: 'RolesNeedASecondFactor',
      description: 'Roles are given only by people with a second factor',
      is_enabled: false,
      target: { resource: 'role', action: 'assign' },
      rules: { effect: 'deny', conditions: [{ 'user.mfa_enabled': false }] },
    }),
  },
  {
    id: 'device',
    values: toValues({
      name: 'PoliciesAreChangedOnTrustedDevices',
      description: 'Policies are changed only on devices that their users trust',
      is_enabled: false,
      target: { resource: 'policy', action: ['create', 'update', 'delete'] },
      rules: { effect: 'deny', conditions: [{ 'device.trusted': false }] },
    }),
  },
  {
    id: 'owner',
    values: toValues({
      name: 'OwnersCancelOpenBookings',
      description: 'Whoever made a booking may cancel it while it is open',
      cedar: `permit (principal, action == Action::"booking:cancel", resource)
when {
  resource has status && resource.status == "open" &&
  resource has owner && principal has id && resource.owner == principal.id
};`,
    }),
  },
];

/** An example by its id. */
export function exampleOf(id: string | undefined): Example | undefined {
  return EXAMPLES.find((example) => example.id === id);
}
