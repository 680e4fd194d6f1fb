/** The menu: where one can go, and the permission that it takes. The palette and the keyboard use the same list. */
import {
  Activity,
  Building2,
  ClipboardList,
  FolderKanban,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  Shield,
  SlidersHorizontal,
  UserRound,
  Users,
} from 'lucide-react';

/** A place in the menu. */
export interface Place {
  id:
    | 'overview'
    | 'tenants'
    | 'members'
    | 'roles'
    | 'projects'
    | 'audit'
    | 'events'
    | 'jobs'
    | 'account'
    | 'preferences';
  to: string;
  icon: LucideIcon;
  group: 'main' | 'activity' | 'self';
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
  { id: 'roles', to: '/roles', icon: Shield, group: 'main', permission: 'roles:read', key: 'r' },
  { id: 'projects', to: '/projects', icon: FolderKanban, group: 'main', permission: 'projects:read', key: 'p' },
  { id: 'audit', to: '/audit', icon: ClipboardList, group: 'activity', permission: 'audit:read', key: 'a' },
  { id: 'events', to: '/events', icon: Activity, group: 'activity', permission: 'events:read', key: 'e' },
  { id: 'jobs', to: '/jobs', icon: ListChecks, group: 'activity', permission: 'jobs:read', key: 'j' },
  { id: 'account', to: '/account', icon: UserRound, group: 'self', key: 'u' },
  { id: 'preferences', to: '/preferences', icon: SlidersHorizontal, group: 'self', key: 's' },
];

/** The places that a user may see. */
export function placesFor(can: (permission: string) => boolean): readonly Place[] {
  return PLACES.filter(({ permission }) => permission === undefined || can(permission));
}
