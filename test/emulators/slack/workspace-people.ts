import type { Json } from './json.ts';

/** What a person's account is, where it is not that of a plain full member. */
export interface Account {
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  /** Of another organisation, in a shared channel. */
  readonly is_stranger?: boolean;
  readonly is_email_confirmed?: boolean;
  readonly is_admin?: boolean;
  readonly team_id?: string;
  readonly tz?: string;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  /** User ids. */
  readonly users: readonly string[];
}

/** A user as Slack's users.info gives it; emulate lacks most of what says who may act. */
export const userObject = (user: Json, account: Account): Json => ({
  tz: 'Etc/UTC',
  tz_label: 'UTC',
  tz_offset: 0,
  is_owner: false,
  is_primary_owner: false,
  is_app_user: false,
  is_restricted: false,
  is_ultra_restricted: false,
  is_email_confirmed: true,
  updated: 0,
  ...user,
  ...account,
});

/** As usergroups.list gives it. */
export const groupObject = ({ id, handle, name, users }: UserGroup, teamId: string): Json => ({
  id,
  team_id: teamId,
  is_usergroup: true,
  is_subteam: true,
  name,
  handle,
  description: '',
  is_external: false,
  date_delete: 0,
  user_count: users.length,
  users,
});
