/** The menu: where one can go, and the permission that it takes. The palette and the keyboard use the same list. */
import {
  Activity,
  AppWindow,
  Bot,
  Building2,
  CircleHelp,
  ClipboardList,
  DoorOpen,
  FileLock2,
  FolderKanban,
  Gavel,
  IdCard,
  KeyRound,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  MailPlus,
  Palette,
  Shapes,
  Shield,
  ShieldCheck,
  SlidersHorizontal,
  Ticket,
  UserRound,
  UserRoundCog,
  Users,
  UsersRound,
} from 'lucide-react';
import { OWN_ACCOUNT } from './session';

/** A place in the menu. */
export interface Place {
  id:
    | 'overview'
    | 'tenants'
    | 'members'
    | 'invitations'
    | 'registration'
    | 'branding'
    | 'roles'
    | 'groups'
    | 'policies'
    | 'simulator'
    | 'decisions'
    | 'projects'
    | 'catalogue'
    | 'identityProviders'
    | 'secondFactors'
    | 'clients'
    | 'scopes'
    | 'serviceAccounts'
    | 'apiKeys'
    | 'impersonations'
    | 'audit'
    | 'events'
    | 'jobs'
    | 'account'
    | 'preferences';
  to: string;
  icon: LucideIcon;
  group: 'main' | 'access' | 'programs' | 'activity' | 'self';
  /** Needed to see it. */
  permission?: string;
  /** Pressed after `g`. */
  key: string;
}

/** Every place. */
export const PLACES: readonly Place[] = [
  { id: 'overview', to: '/', icon: LayoutDashboard, group: 'main', key: 'o' },
  { id: 'tenants', to: '/tenants', icon: Building2, group: 'main', permission: 'tenants:read', key: 't' },
  { id: 'members', to: '/members', icon: Users, group: 'main', permission: 'users:read', key: 'm' },
  { id: 'invitations', to: '/invitations', icon: MailPlus, group: 'main', permission: 'invitations:read', key: 'w' },
  { id: 'registration', to: '/registration', icon: DoorOpen, group: 'main', permission: 'registration:read', key: 'b' },
  { id: 'branding', to: '/branding', icon: Palette, group: 'main', permission: 'config:read', key: 'x' },
  { id: 'projects', to: '/projects', icon: FolderKanban, group: 'main', permission: 'projects:read', key: 'p' },
  { id: 'roles', to: '/roles', icon: Shield, group: 'access', permission: 'roles:read', key: 'r' },
  { id: 'groups', to: '/groups', icon: UsersRound, group: 'access', permission: 'groups:read', key: 'g' },
  { id: 'policies', to: '/policies', icon: FileLock2, group: 'access', permission: 'policies:read', key: 'c' },
  { id: 'simulator', to: '/simulator', icon: CircleHelp, group: 'access', permission: 'access:check', key: 'i' },
  { id: 'decisions', to: '/decisions', icon: Gavel, group: 'access', permission: 'access:read', key: 'd' },
  { id: 'catalogue', to: '/catalogue', icon: Shapes, group: 'access', permission: 'roles:read', key: 'y' },
  {
    id: 'identityProviders',
    to: '/identity-providers',
    icon: IdCard,
    group: 'access',
    permission: 'identity_providers:read',
    key: 'f',
  },
  {
    id: 'secondFactors',
    to: '/second-factors',
    icon: ShieldCheck,
    group: 'access',
    permission: 'mfa_policy:read',
    key: 'h',
  },
  { id: 'clients', to: '/clients', icon: AppWindow, group: 'programs', permission: 'clients:read', key: 'l' },
  { id: 'scopes', to: '/scopes', icon: Ticket, group: 'programs', permission: 'oauth_scopes:read', key: 'q' },
  {
    id: 'serviceAccounts',
    to: '/service-accounts',
    icon: Bot,
    group: 'programs',
    permission: 'service_accounts:read',
    key: 'v',
  },
  { id: 'apiKeys', to: '/api-keys', icon: KeyRound, group: 'programs', permission: 'api_keys:read', key: 'k' },
  { id: 'audit', to: '/audit', icon: ClipboardList, group: 'activity', permission: 'audit:read', key: 'a' },
  { id: 'events', to: '/events', icon: Activity, group: 'activity', permission: 'events:read', key: 'e' },
  {
    id: 'impersonations',
    to: '/impersonations',
    icon: UserRoundCog,
    group: 'activity',
    permission: 'impersonations:read',
    key: 'n',
  },
  { id: 'jobs', to: '/jobs', icon: ListChecks, group: 'activity', permission: 'jobs:read', key: 'j' },
  { id: 'account', to: '/account', icon: UserRound, group: 'self', permission: OWN_ACCOUNT, key: 'u' },
  { id: 'preferences', to: '/preferences', icon: SlidersHorizontal, group: 'self', key: 's' },
];

/** The places that a user may see. */
export function placesFor(can: (permission: string) => boolean): readonly Place[] {
  return PLACES.filter(({ permission }) => permission === undefined || can(permission));
}
