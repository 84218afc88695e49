// Generated from crds/incidentupdates.yaml by tools/generate.ts. Do not edit.
import type { Audience, UpdateType } from './enums.gen.ts';
import type { Condition, NameRef, ObjectMeta } from './meta.ts';
import type { Entry } from '../runtime/effect.ts';

/**
 * One entry of an incident's timeline. Create one to tell people how it stands; the controller writes one for each change of an Incident. An entry never changes: a mistake is put right by a new entry of type Correction.
 */
export interface IncidentUpdate {
  /**
   * Always allclear.dev/v1alpha1.
   */
  apiVersion: 'allclear.dev/v1alpha1';
  /**
   * Always IncidentUpdate.
   */
  kind: 'IncidentUpdate';
  metadata: ObjectMeta;
  spec: IncidentUpdateSpec;
  status?: IncidentUpdateStatus;
}
/**
 * What happened or was said. It can't be edited.
 */
export interface IncidentUpdateSpec {
  incidentRef: IncidentRef;
  /**
   * What kind of entry it is. Status is what people are told about how it stands; Note is for the timeline alone; State, Severity, Escalation and Role tell of a change, and AllClear writes them when the Incident changes; Correction puts an earlier entry right; the others say where the entry came from.
   */
  type: UpdateType;
  /**
   * The value before a change. Example: SEV2.
   */
  from?: string;
  /**
   * The value after a change. Example: SEV1.
   */
  to?: string;
  /**
   * What is said; several lines are welcome. It is shown as plain text and cut where a vendor's limit is shorter. Example: Seems to be an endpoint issue. Changing the URL now.
   */
  text?: string;
  /**
   * Who said or did it, as a mail address or name. Where the admission policies are applied it is the user who writes, or any name from whoever may vouch. Without it the field manager is shown. Example: zoe@streamo.example. Allowed: one line of 1 to 200 characters.
   */
  author?: string;
  /**
   * When it happened, where that was not when this was written. Example: "2026-06-15T21:40:00Z". Allowed: date, T, time, then Z or an offset such as +02:00, in the years 1900 to 2999.
   */
  occurredAt?: string;
  /**
   * When the next update is promised; the live status shows it until another one is sent. Only in an entry of type Status. Example: "2026-06-15T22:10:00Z". Allowed: date, T, time, then Z or an offset such as +02:00, in the years 1900 to 2999.
   */
  nextDueAt?: string;
  /**
   * How far it may go. Responders: the incident's channel. Stakeholders: also the policy's notices and the tickets. Public: also what customers see.
   */
  audience: Audience;
  /**
   * Further channels that are told, for Stakeholders or the Public. Example: ['#support'].
   *
   * Items: The name of a channel. Allowed: # and then 1 to 80 lowercase letters, digits, - and _ .
   */
  channels?: string[];
  /**
   * What belongs to it, such as a graph or a pull request.
   */
  links?: UpdateLink[];
  /**
   * The entry that a Correction puts right.
   */
  corrects?: NameRef;
}
/**
 * The Incident in the same namespace that it belongs to.
 */
export interface IncidentRef {
  /**
   * The metadata.name of the Incident. Example: mobile-app-login. Allowed: lowercase letters, digits, - and . as in any Kubernetes name.
   */
  name: string;
  /**
   * Its metadata.uid. With it, the entry belongs to that very object and never to a later one of the same name. Leave it out by hand.
   */
  uid?: string;
}
/**
 * One place.
 */
export interface UpdateLink {
  /**
   * What is there. Example: App load speed. Allowed: one line of 1 to 150 characters.
   */
  title: string;
  /**
   * Its address. Example: https://grafana.streamo.example/d/load. Allowed: http:// or https://, then an address without spaces, user or password.
   */
  url: string;
}
/**
 * Which notices went out. Only the controller writes it.
 */
export interface IncidentUpdateStatus {
  /**
   * The metadata.generation that the controller last acted on.
   */
  observedGeneration?: number;
  /**
   * The receipts: one entry for each notice, by where it went. Example key: notice/slack/stakeholders. Entries are never removed.
   */
  effects?: {
    [k: string]: Entry;
  };
  /**
   * One condition a phase, and Ready over all of them. Ready means that every notice is out.
   */
  conditions?: Condition[];
}
