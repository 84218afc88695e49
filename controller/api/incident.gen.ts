// Generated from crds/incidents.yaml by tools/generate.ts. Do not edit.
import type { ActionKind, ChangeSource, DeletionPolicy, IncidentState, Mode, Severity } from './enums.gen.ts';
import type { Condition, NameRef, ObjectMeta } from './meta.ts';
import type { Entry } from '../runtime/effect.ts';

/**
 * One incident. Its spec is what people ask for; the controller makes it true in chat, in ticket systems and in Git, and writes what it did to status. Deleting it is not resolving it: set spec.state to Resolved.
 */
export interface Incident {
  /**
   * Always allclear.dev/v1alpha1.
   */
  apiVersion: 'allclear.dev/v1alpha1';
  /**
   * Always Incident.
   */
  kind: 'Incident';
  metadata: ObjectMeta;
  spec: IncidentSpec;
  status?: IncidentStatus;
}
/**
 * What should be true. Every value is absolute, so writing the same again changes nothing.
 */
export interface IncidentSpec {
  /**
   * What is wrong, in a few words; it is the headline everywhere. Markup and mentions are shown as plain text. Example: Mobile app login errors. Allowed: one line of 1 to 150 characters that is not blank, without control characters.
   */
  title: string;
  /**
   * What is known, for responders; several lines are welcome. It stands in the live status and in the ticket, cut where a vendor's limit is shorter. Example: Users can't log in via the mobile app.
   */
  description?: string;
  /**
   * What customers see, in words that may be shown to them. Example: Some customers can't log in to the mobile app.
   */
  customerSummary?: string;
  /**
   * How bad it is: SEV1 is worst, SEV4 is least. Labels such as Critical come from the ResponsePolicy. A change is announced; lowering it needs change.reason. Example: SEV2.
   */
  severity: Severity;
  /**
   * Where the response stands. Triage: not yet accepted as an incident. Investigating: the cause is looked for. Identified: the cause is known. Monitoring: a fix is out and watched. Resolved: the all clear, which needs resolution. A step back needs change.reason; nothing goes back to Triage.
   */
  state: IncidentState;
  /**
   * Live is the real thing. Drill is an exercise: it says so everywhere, files no ticket and leaves no record. Backfill records a past incident and sends nothing. It can't change later.
   */
  mode: Mode;
  /**
   * The services that are affected, by the names that you use; a ResponsePolicy can match them. Example: [streamo-app].
   *
   * Items: The name of one service. Allowed: one line of 1 to 100 characters.
   */
  services?: string[];
  /**
   * The ResponsePolicy to follow, in the same namespace. Without it the policies that match are compared by priority, then by name; with none at all the defaults hold.
   */
  policyRef?: NameRef;
  /**
   * When the trouble began, which may be before it was noticed. Edit it as more is known. Example: "2026-06-15T21:16:06Z". Allowed: date, T, time, then Z or an offset such as +02:00, in the years 1900 to 2999.
   */
  startedAt?: string;
  /**
   * When somebody or something first noticed. Edit it as more is known. Example: "2026-06-15T21:20:00Z". Allowed: date, T, time, then Z or an offset such as +02:00, in the years 1900 to 2999.
   */
  detectedAt?: string;
  /**
   * When customers were no longer hurt, which may be before the all clear. Example: "2026-06-15T21:50:00Z". Allowed: date, T, time, then Z or an offset such as +02:00, in the years 1900 to 2999.
   */
  mitigatedAt?: string;
  /**
   * Who does what: a role's name to a person. Well known are commander, scribe and comms; other names are yours. A change is announced; removing an entry frees the role. Example: {commander: matt@streamo.example}.
   */
  roles?: {
    /**
     * The person: a mail address where there is one, so that chat can find them, else the name to show. Allowed: one line of 1 to 200 characters.
     */
    [k: string]: string;
  };
  /**
   * How far the incident has been escalated.
   */
  escalation: {
    /**
     * 0 is the first responders; each step up reaches further people. A change is announced; lowering it needs change.reason. Example: 1.
     */
    level: number;
  };
  resolution?: Resolution;
  /**
   * The Incident in the same namespace that this one repeats. The other goes on; this one is to be resolved.
   */
  duplicateOf?: NameRef;
  /**
   * Other Incidents in the same namespace that have to do with this one.
   *
   * Items: One related Incident.
   */
  relatedTo?: NameRef[];
  /**
   * Places worth a look, such as a dashboard or a bridge. They stand in the live status and at the top of the channel.
   */
  links?: Link[];
  /**
   * Your own fields, shown in the record. Example: {region: us-west-2}.
   */
  fields?: {
    /**
     * The value of one field.
     */
    [k: string]: string;
  };
  /**
   * What happens outside when this object is deleted; it is never an all clear and closes no ticket. Leave: a last line in the channel. Archive: the channel is archived.
   */
  deletionPolicy: DeletionPolicy;
  change?: Change;
}
/**
 * How it ended: given together with state Resolved, removed to reopen. Its words go into the all clear and the record.
 */
export interface Resolution {
  /**
   * What ended it, said in the all clear. Example: Re-deployed with the correct URL.
   */
  summary: string;
  /**
   * Why it happened, as far as it is known now. Example: A release pointed to the wrong endpoint.
   */
  rootCause?: string;
  /**
   * Further channels that are told of the all clear, beside those of the ResponsePolicy. Example: ['#support'].
   *
   * Items: The name of a channel. Allowed: # and then 1 to 80 lowercase letters, digits, - and _ .
   */
  channels?: string[];
  /**
   * What is to be done so that it does not happen again, or hurts less.
   */
  correctiveActions?: CorrectiveAction[];
}
/**
 * One thing to do.
 */
export interface CorrectiveAction {
  /**
   * What to do. Example: Replace the hardcoded URL with the value from ITSM.
   */
  what: string;
  /**
   * What it is for. Prevent: it can't happen again. Mitigate: it hurts less. Detect: it is noticed sooner. Process: people work together better.
   */
  kind: ActionKind;
  /**
   * Who does it. Example: geeta@streamo.example. Allowed: one line of 1 to 200 characters.
   */
  owner?: string;
  /**
   * By which day, in the years 1900 to 2999. Allowed: a day, such as "2026-07-01".
   */
  due?: string;
}
/**
 * One place.
 */
export interface Link {
  /**
   * What is there. Example: Login dashboard. Allowed: one line of 1 to 150 characters.
   */
  title: string;
  /**
   * Its address. Example: https://grafana.streamo.example/d/login. Allowed: http:// or https://, then an address without spaces, user or password.
   */
  url: string;
}
/**
 * The last act: who changed the spec and why, written together with what it changed. It is told in the timeline. An edit without a new one is told with the field manager that made it.
 */
export interface Change {
  /**
   * Names the act, so that a repeat of it is known as one. Use a new value for each act, such as `date +%s`. Allowed: one line of 1 to 200 characters.
   */
  id: string;
  /**
   * Where the act came from.
   */
  source: ChangeSource;
  /**
   * Why. A step back (an earlier state, reopening, a lower severity or level) needs it. Example: Only one region is affected.
   */
  reason?: string;
  /**
   * Who, as a mail address or name. Where the admission policies are applied it is the user who writes, or any name from whoever may vouch. Example: zoe@streamo.example. Allowed: one line of 1 to 200 characters.
   */
  by?: string;
  /**
   * What carried it, as the source names it. Example: a Slack user id, or a commit. Allowed: one line of 1 to 200 characters.
   */
  via?: string;
}
/**
 * What is true and what has been done. Only the controller writes it.
 */
export interface IncidentStatus {
  /**
   * The metadata.generation that the controller last acted on.
   */
  observedGeneration?: number;
  /**
   * As what it was first seen: everything that is made outside carries this, and a restored incident keeps it. The annotation allclear.dev/identity says the same, for backups without status.
   */
  identity?: {
    /**
     * The install of AllClear that first saw it.
     */
    install: string;
    /**
     * Its namespace then.
     */
    namespace: string;
    /**
     * Its name then.
     */
    name: string;
    /**
     * Its metadata.uid then.
     */
    uid: string;
    /**
     * It was Resolved when it was first seen, and is a record of something past.
     */
    backfill?: boolean;
  };
  /**
   * The incident's number, counted over the whole install. Given once. Example: 447.
   */
  number?: number;
  /**
   * The number as people say it. Find it with kubectl get inc -A --field-selector status.id=INC-00447.
   */
  id?: string;
  applied?: Applied;
  channel?: ChannelStatus;
  /**
   * The tickets that follow this incident.
   */
  tickets?: TicketStatus[];
  record?: RecordStatus;
  timestamps?: Timestamps;
  /**
   * The receipts: one entry for each thing owned outside, by what caused it. Example keys: channel, ticket/github. Entries are never removed.
   */
  effects?: {
    [k: string]: Entry;
  };
  /**
   * One condition a phase, and Ready over all of them. Ready means that the outside is as spec says, never that the incident is over.
   */
  conditions?: Condition[];
}
/**
 * What the world has been told. Where it differs from spec, an announcement is due.
 */
export interface Applied {
  /**
   * Counts the announced changes; names of their IncidentUpdates end with it.
   */
  seq: number;
  /**
   * The state that was announced.
   */
  state: IncidentState;
  /**
   * The severity that was announced.
   */
  severity: Severity;
  /**
   * The escalation level that was announced.
   */
  level: number;
  /**
   * The commander that was announced.
   */
  commander?: string;
  /**
   * The spec.change.id that was last seen. What is edited later under the same id is no part of that act.
   */
  changeId?: string;
  /**
   * Numbers that count no change, from first to last: others had taken names of the series for entries of their own.
   *
   * Items: Numbers that follow each other.
   */
  skipped?: {
    /**
     * The first of them.
     */
    first: number;
    /**
     * The last of them.
     */
    last: number;
  }[];
}
/**
 * The incident's own chat channel.
 */
export interface ChannelStatus {
  /**
   * The vendor's id of the channel. Example: C024BE91L.
   */
  id: string;
  /**
   * Its name. Example: inc-00447.
   */
  name: string;
  /**
   * Where to open it.
   */
  url: string;
}
/**
 * One ticket.
 */
export interface TicketStatus {
  /**
   * The Integration that holds it.
   */
  integration: string;
  /**
   * The vendor's id. Example: #12.
   */
  id: string;
  /**
   * Where to open it.
   */
  url: string;
}
/**
 * The written record in Git, once there is one.
 */
export interface RecordStatus {
  /**
   * The branch that holds it until the merge. Example: incidents/INC-00447.
   */
  branch: string;
  /**
   * Its folder in the repository. Example: incidents/2026/INC-00447.
   */
  folder: string;
  /**
   * The last commit that was pushed to the branch.
   */
  commit: string;
  /**
   * The latest request to review it.
   */
  pull?: {
    /**
     * The vendor's id. Example: #13.
     */
    id: string;
    /**
     * Where to review it.
     */
    url: string;
  };
  /**
   * When the record was merged with the incident's last ending. From then on it can't be reopened.
   */
  mergedAt?: string;
}
/**
 * When what happened, as the controller saw it.
 */
export interface Timestamps {
  /**
   * When the incident was declared.
   */
  declaredAt: string;
  /**
   * When the all clear was given; absent while the incident is open.
   */
  resolvedAt?: string;
  /**
   * When customers were no longer hurt.
   */
  mitigatedAt?: string;
}
