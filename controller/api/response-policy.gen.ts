// Generated from crds/responsepolicies.yaml by tools/generate.ts. Do not edit.
import type { Condition, NameRef, ObjectMeta } from './meta.ts';
import type { Mode, NoticeEvent, RespondIdentity, Severity, Visibility, WhenDeleted } from './enums.gen.ts';

/**
 * What happens outside for the incidents that it matches: the channel, who is invited, tickets, notices, the record. Everything is optional; with no policy at all, each capability that an Integration in reach offers is used with its defaults. An edit is followed by open incidents and leaves closed ones alone.
 */
export interface ResponsePolicy {
  /**
   * Always allclear.dev/v1alpha1.
   */
  apiVersion: 'allclear.dev/v1alpha1';
  /**
   * Always ResponsePolicy.
   */
  kind: 'ResponsePolicy';
  metadata: ObjectMeta;
  spec: ResponsePolicySpec;
  status?: ResponsePolicyStatus;
}
/**
 * Which incidents, and what happens.
 */
export interface ResponsePolicySpec {
  match?: PolicyMatch;
  /**
   * The highest one wins where several match; among equals, the first by name. An Incident's policyRef goes before it. Example: 10.
   */
  priority: number;
  severities?: PolicySeverities;
  channel?: PolicyChannel;
  /**
   * Who is invited besides those with a role. Example: [oncall@streamo.example].
   *
   * Items: A person: a mail address, so that chat can find them. Allowed: one line of 1 to 200 characters.
   */
  invitees?: string[];
  /**
   * Where a ticket is made for the incident: one in each. Left out: one, in the only Integration in reach that keeps tickets; of several, in the one with spec.default. An empty list: none.
   */
  tickets?: PolicyTicket[];
  /**
   * Who is told outside the incident's channel, and of what.
   */
  notices?: PolicyNotice[];
  triage?: PolicyTriage;
  respond?: PolicyRespond;
  updates?: PolicyUpdates;
  drift?: PolicyDrift;
  /**
   * Links at the top of every incident's channel, besides those that AllClear sets.
   */
  bookmarks?: PolicyBookmark[];
  record?: PolicyRecord;
}
/**
 * Which incidents this is for. Each part that is given must hold; within a list any one will do. Without match it is for every incident.
 */
export interface PolicyMatch {
  /**
   * Incidents of any of these severities. Example: [SEV1, SEV2].
   *
   * Items: One severity.
   */
  severities?: Severity[];
  /**
   * Incidents with any of these services. Example: [streamo-app].
   *
   * Items: The name of one service. Allowed: one line of 1 to 100 characters.
   */
  services?: string[];
  /**
   * Incidents of any of these modes. Example: [Drill].
   *
   * Items: One mode.
   */
  modes?: Mode[];
  /**
   * Incidents with all of these labels. Example: {team: mobile}.
   */
  labels?: {
    /**
     * The value that the label must have.
     */
    [k: string]: string;
  };
}
/**
 * How your organisation calls the severities. Example: {SEV1: {label: Critical}}.
 */
export interface PolicySeverities {
  /**
   * The worst.
   */
  SEV1?: {
    /**
     * The word shown with it. Example: Critical. Allowed: one line of 1 to 40 characters.
     */
    label: string;
  };
  /**
   * The second.
   */
  SEV2?: {
    /**
     * The word shown with it. Example: Critical. Allowed: one line of 1 to 40 characters.
     */
    label: string;
  };
  /**
   * The third.
   */
  SEV3?: {
    /**
     * The word shown with it. Example: Critical. Allowed: one line of 1 to 40 characters.
     */
    label: string;
  };
  /**
   * The least.
   */
  SEV4?: {
    /**
     * The word shown with it. Example: Critical. Allowed: one line of 1 to 40 characters.
     */
    label: string;
  };
}
/**
 * The incident's own chat channel. Without it the defaults hold.
 */
export interface PolicyChannel {
  /**
   * The Integration that serves this. Without it, the only one in reach that can; of several, the one with spec.default.
   */
  integrationRef?: NameRef;
  /**
   * How the channel is named; {number} is the incident's number with leading zeros. Allowed: lowercase letters, digits, - and _ , with {number} in it, so that every channel has a name of its own.
   */
  nameTemplate: string;
  /**
   * Whether everybody in the workspace can see the channel (Public) or only who is invited (Private).
   */
  visibility: Visibility;
}
/**
 * One ticket.
 */
export interface PolicyTicket {
  /**
   * The Integration that serves this. Without it, the only one in reach that can; of several, the one with spec.default.
   */
  integrationRef: NameRef;
  /**
   * Labels that the ticket gets. Example: [incident].
   *
   * Items: One label. Allowed: one line of 1 to 50 characters, without a comma.
   */
  labels?: string[];
}
/**
 * One channel that is told.
 */
export interface PolicyNotice {
  /**
   * The Integration that serves this. Without it, the only one in reach that can; of several, the one with spec.default.
   */
  integrationRef?: NameRef;
  /**
   * The channel that is told; it must be there already. Example: "#stakeholders". Allowed: # and then 1 to 80 lowercase letters, digits, - and _ .
   */
  channel: string;
  /**
   * What it is told of. Declared: a new incident. Severity and State: a change. Resolved: the all clear. Update: an IncidentUpdate for Stakeholders or the Public. Left out: all of them.
   *
   * Items: One kind of news.
   */
  events: NoticeEvent[];
  /**
   * A notice that could not be sent for this long is not sent any more, and the update says so. Example: 15m. Allowed: numbers with the units h, m and s, such as 1h30m.
   */
  notAfter: string;
}
/**
 * Where an Incident in state Triage is shown, with buttons to declare or dismiss it. Left out: nowhere.
 */
export interface PolicyTriage {
  /**
   * The Integration that serves this. Without it, the only one in reach that can; of several, the one with spec.default.
   */
  integrationRef?: NameRef;
  /**
   * The channel; it must be there already, and the bot a member. Example: "#monitoring-alerts". Allowed: # and then 1 to 80 lowercase letters, digits, - and _ .
   */
  channel: string;
}
/**
 * Who may declare, update, escalate and close from chat. Left out, every full member.
 */
export interface PolicyRespond {
  /**
   * Member: every full member of the workspace; guests and people of other organisations never. RBAC: whoever the API server lets do the same by kubectl, asked as the user and groups below.
   */
  identity: RespondIdentity;
  /**
   * The Kubernetes user name of a person, from the mail address that chat has of them: {mail} is the whole, {name} what stands before the @; the API server is asked with the address as chat writes it, then in lower case. Left out, {mail}. Example: "oidc:{mail}". Allowed: characters without spaces or braces, with {mail} or {name} once among them.
   */
  userTemplate?: string;
  /**
   * The Kubernetes user names of those whom userTemplate does not fit, by mail address in any case. It wins. Example: {zoe@streamo.example: zoe}.
   */
  users?: {
    /**
     * A user name. Allowed: 1 to 200 characters without spaces.
     */
    [k: string]: string;
  };
  /**
   * Which Kubernetes group the members of a Slack user group belong to, by its handle without @. Needs the scope usergroups:read. Example: {sre-oncall: sre}.
   */
  groups?: {
    /**
     * A group name. Allowed: 1 to 200 characters without spaces.
     */
    [k: string]: string;
  };
}
/**
 * How often people are told how it stands.
 */
export interface PolicyUpdates {
  /**
   * The next update is due so long after the last one, or after the declaration, unless the update itself says when. The live status shows it. Left out: none is due. Example: 30m. Allowed: numbers with the units h, m and s, such as 1h30m.
   */
  dueIn?: string;
}
/**
 * What happens to things of an open incident that people delete outside. docs/drift.md has the whole table, also of what is changed and not deleted.
 */
export interface PolicyDrift {
  /**
   * When somebody deletes its channel. Leave: it is left so, and said. Recreate: another one is opened.
   */
  channel: WhenDeleted;
  /**
   * When somebody deletes the live status. Recreate: it is posted and pinned again. Leave: it is left so, and said.
   */
  liveStatus: WhenDeleted;
  /**
   * When somebody deletes a ticket. Leave: it is left so, and said. Recreate: another one is filed.
   */
  ticket: WhenDeleted;
}
/**
 * One bookmark.
 */
export interface PolicyBookmark {
  /**
   * What is there. Example: Bridge. Allowed: one line of 1 to 150 characters.
   */
  title: string;
  /**
   * Its address. Example: https://meet.streamo.example/bridge. Allowed: http:// or https://, then an address without spaces, user or password.
   */
  url: string;
}
/**
 * The written record in Git. Left out: it is kept where the first Integration keeps records, with these defaults.
 */
export interface PolicyRecord {
  /**
   * The Integration that serves this. Without it, the only one in reach that can; of several, the one with spec.default.
   */
  integrationRef?: NameRef;
  /**
   * The Integration that asks for the review. Without it, the only one in reach that can; of several, the one with spec.default.
   */
  reviewRef?: NameRef;
  /**
   * The folder in the repository that holds all records. Example: incidents. Allowed: folder names of letters, digits, ., - and _ with / between them, none beginning with a dot or dash.
   */
  folder: string;
  /**
   * Who is asked to review, by their name over there. Example: [geeta].
   *
   * Items: One reviewer. Allowed: letters, digits, - and _ , beginning with a letter or digit; org/team for a team.
   */
  reviewers?: string[];
}
/**
 * Whether the policy can be followed. Only the controller writes it.
 */
export interface ResponsePolicyStatus {
  /**
   * The metadata.generation that the controller last acted on.
   */
  observedGeneration?: number;
  /**
   * Ready: whether every Integration that it names is there and can do what is asked of it.
   */
  conditions?: Condition[];
}
