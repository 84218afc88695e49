// Generated from crds/responsepolicies.yaml by tools/generate.ts. Do not edit.
import type { Condition, NameRef, ObjectMeta } from './meta.ts';
import type { Mode, NoticeEvent, Severity, Visibility } from './enums.gen.ts';

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
   * Where a ticket is made for the incident. Left out: one in every Integration in reach that keeps tickets. An empty list: none.
   */
  tickets?: PolicyTicket[];
  /**
   * Who is told outside the incident's channel, and of what.
   */
  notices?: PolicyNotice[];
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
   * The Integration that serves this. Without it, the first by name that offers the capability.
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
   * The Integration that serves this. Without it, the first by name that offers the capability.
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
   * The Integration that serves this. Without it, the first by name that offers the capability.
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
 * One bookmark.
 */
export interface PolicyBookmark {
  /**
   * What is there. Example: Bridge. Allowed: one line of 1 to 150 characters.
   */
  title: string;
  /**
   * Its address. Example: https://meet.streamo.example/bridge. Allowed: http:// or https://, then an address without spaces.
   */
  url: string;
}
/**
 * The written record in Git. Left out: it is kept where the first Integration keeps records, with these defaults.
 */
export interface PolicyRecord {
  /**
   * The Integration that serves this. Without it, the first by name that offers the capability.
   */
  integrationRef?: NameRef;
  /**
   * The Integration that asks for the review. Without it, the first by name that can.
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
