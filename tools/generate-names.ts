/** The name of the type at a path; `[]` is a list's item or a map's value. What is not here stays inline. */
export const typeNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Incident: {
    '.spec': 'IncidentSpec',
    '.spec.resolution': 'Resolution',
    '.spec.resolution.correctiveActions[]': 'CorrectiveAction',
    '.spec.links[]': 'Link',
    '.spec.change': 'Change',
    '.status': 'IncidentStatus',
    '.status.applied': 'Applied',
    '.status.channel': 'ChannelStatus',
    '.status.tickets[]': 'TicketStatus',
    '.status.record': 'RecordStatus',
    '.status.timestamps': 'Timestamps',
  },
  IncidentUpdate: {
    '.spec': 'IncidentUpdateSpec',
    '.spec.incidentRef': 'IncidentRef',
    '.spec.links[]': 'UpdateLink',
    '.status': 'IncidentUpdateStatus',
  },
  ResponsePolicy: {
    '.spec': 'ResponsePolicySpec',
    '.spec.match': 'PolicyMatch',
    '.spec.severities': 'PolicySeverities',
    '.spec.channel': 'PolicyChannel',
    '.spec.tickets[]': 'PolicyTicket',
    '.spec.notices[]': 'PolicyNotice',
    '.spec.triage': 'PolicyTriage',
    '.spec.respond': 'PolicyRespond',
    '.spec.updates': 'PolicyUpdates',
    '.spec.drift': 'PolicyDrift',
    '.spec.bookmarks[]': 'PolicyBookmark',
    '.spec.record': 'PolicyRecord',
    '.status': 'ResponsePolicyStatus',
  },
  Integration: {
    '.spec': 'IntegrationSpec',
    '.spec.provider': 'Provider',
    '.status': 'IntegrationStatus',
    '.status.account': 'AccountStatus',
  },
};

/** The name of each enum's type and of the list of its values, by its values. */
export const enumNames: Readonly<Record<string, { type: string; list: string }>> = {
  'SEV1 SEV2 SEV3 SEV4': { type: 'Severity', list: 'severities' },
  'Triage Investigating Identified Monitoring Resolved': { type: 'IncidentState', list: 'incidentStates' },
  'Live Drill Backfill': { type: 'Mode', list: 'modes' },
  'Prevent Mitigate Detect Process': { type: 'ActionKind', list: 'actionKinds' },
  'Leave Recreate': { type: 'WhenDeleted', list: 'whenDeleted' },
  'Leave Archive': { type: 'DeletionPolicy', list: 'deletionPolicies' },
  'Kubectl Slack Git Alert Timer': { type: 'ChangeSource', list: 'changeSources' },
  'Note Status State Severity Escalation Role Decision Command Graph Deploy Alert Message Huddle Correction': {
    type: 'UpdateType',
    list: 'updateTypes',
  },
  'Responders Stakeholders Public': { type: 'Audience', list: 'audiences' },
  'Public Private': { type: 'Visibility', list: 'visibilities' },
  'Declared Severity State Resolved Update': { type: 'NoticeEvent', list: 'noticeEvents' },
  'Member RBAC': { type: 'RespondIdentity', list: 'respondIdentities' },
  'Same All': { type: 'AllowedFrom', list: 'allowedFrom' },
};
