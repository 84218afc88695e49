// Generated from crds/ by tools/generate.ts. Do not edit.

export const severities = [
  'SEV1',
  'SEV2',
  'SEV3',
  'SEV4',
] as const;
export type Severity = (typeof severities)[number];

export const incidentStates = [
  'Triage',
  'Investigating',
  'Identified',
  'Monitoring',
  'Resolved',
] as const;
export type IncidentState = (typeof incidentStates)[number];

export const modes = [
  'Live',
  'Drill',
  'Backfill',
] as const;
export type Mode = (typeof modes)[number];

export const actionKinds = [
  'Prevent',
  'Mitigate',
  'Detect',
  'Process',
] as const;
export type ActionKind = (typeof actionKinds)[number];

export const whenDeleted = [
  'Leave',
  'Recreate',
] as const;
export type WhenDeleted = (typeof whenDeleted)[number];

export const deletionPolicies = [
  'Leave',
  'Archive',
] as const;
export type DeletionPolicy = (typeof deletionPolicies)[number];

export const changeSources = [
  'Kubectl',
  'Slack',
  'Git',
  'Alert',
  'Timer',
] as const;
export type ChangeSource = (typeof changeSources)[number];

export const updateTypes = [
  'Note',
  'Status',
  'State',
  'Severity',
  'Escalation',
  'Role',
  'Decision',
  'Command',
  'Graph',
  'Deploy',
  'Alert',
  'Message',
  'Huddle',
  'Correction',
] as const;
export type UpdateType = (typeof updateTypes)[number];

export const audiences = [
  'Responders',
  'Stakeholders',
  'Public',
] as const;
export type Audience = (typeof audiences)[number];

export const visibilities = [
  'Public',
  'Private',
] as const;
export type Visibility = (typeof visibilities)[number];

export const noticeEvents = [
  'Declared',
  'Severity',
  'State',
  'Resolved',
  'Update',
] as const;
export type NoticeEvent = (typeof noticeEvents)[number];

export const respondIdentities = [
  'Member',
  'RBAC',
] as const;
export type RespondIdentity = (typeof respondIdentities)[number];

export const allowedFrom = [
  'Same',
  'All',
] as const;
export type AllowedFrom = (typeof allowedFrom)[number];
