import type { ReasonLine } from '../runtime/reasons.ts';

/** Reasons of an Integration's condition Ready, and refusals that every vendor gives. */
export const integrationReasons = {
  Connected: {
    means: 'The Integration works.',
    todo: 'Nothing.',
  },
  IntegrationNotReady: {
    means:
      'The Integration that the message names is being connected, which takes seconds; or it is not ready, with the reason of its own condition Ready.',
    todo: '`kubectl describe integ`, and mend what it says; what waits goes on by itself.',
  },
  IntegrationGone: {
    means: 'The Integration that made it, or that the policy names, is gone or out of reach.',
    todo: 'Apply the Integration again, correct the name in the policy, or leave it: nothing outside is released.',
  },
  AccountChanged: {
    means: 'The credentials are of another workspace, repository or organisation than everything that is recorded.',
    todo: 'Restore the credentials, or make an Integration of another name.',
  },
  UnknownVendor: {
    means: 'This version does not know the vendor in its spec.',
    todo: 'Run the newer version, or correct spec.',
  },
  SecretNotFound: {
    means: 'The Secret that spec.secretRef names is not there or may not be read.',
    todo: "Create it in the Integration's namespace, and give the controller `get` on it.",
  },
  SecretWrongType: {
    means: 'The Secret is not of type allclear.dev/credentials.',
    todo: "Create it again with that type: a Secret's type cannot be changed.",
  },
  SecretKeyMissing: {
    means: 'The Secret lacks a key that the vendor needs.',
    todo: 'Add the key that the message names.',
  },
  HostNotAllowed: {
    means: 'The Secret does not allow its values to be sent to that host.',
    todo: "Correct the address, or add the host to the Secret's annotation allclear.dev/hosts.",
  },
  InvalidToken: {
    means: 'The vendor does not accept the credentials.',
    todo: 'Put valid ones into the Secret; it is read again within a minute.',
  },
  Unreachable: {
    means: 'The server gave no usable answer.',
    todo: "Look at the address, the network and the vendor's status page; it is tried again by itself.",
  },
  HttpRefused: {
    means: "Something refused that is not the vendor itself, such as a proxy: its answer is not in the vendor's words.",
    todo: 'Look at the address and at what lies between; it is tried again by itself.',
  },
  RateLimited: {
    means: 'The vendor asked to wait, by a status or a header, whatever page came with it.',
    todo: 'Wait; it goes on by itself, at the time that the vendor named, within an hour.',
  },
  CertificateRefused: {
    means: "The server's certificate is not trusted.",
    todo: 'Give the controller its CA (NODE_EXTRA_CA_CERTS).',
  },
  Forbidden: {
    means: 'The credentials do not allow this.',
    todo: 'Give them the permission that the message names.',
  },
  ValidationFailed: {
    means: 'The vendor does not take the content.',
    todo: 'Read the message, and mend what it names.',
  },
  TicketGone: {
    means: 'The ticket to comment on was deleted or moved.',
    todo: 'Nothing; the update stands in the cluster and the record.',
  },
  TicketUnknown: {
    means: 'The ticket to comment on is not known yet.',
    todo: 'Wait.',
  },
  Refused: {
    means: 'The vendor refused for another reason.',
    todo: 'Read the message, and mend what it names.',
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;
