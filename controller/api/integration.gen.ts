// Generated from crds/integrations.yaml by tools/generate.ts. Do not edit.
import type { AllowedFrom } from './enums.gen.ts';
import type { Condition, NameRef, ObjectMeta } from './meta.ts';

/**
 * One connection to one vendor. What it can do is used by the incidents of its namespace, and by others if allowedNamespaces says so. Removing it releases nothing outside.
 */
export interface Integration {
  /**
   * Always allclear.dev/v1alpha1.
   */
  apiVersion: 'allclear.dev/v1alpha1';
  /**
   * Always Integration.
   */
  kind: 'Integration';
  metadata: ObjectMeta;
  spec: IntegrationSpec;
  status?: IntegrationStatus;
}
/**
 * Which vendor, which account, and who may use it.
 */
export interface IntegrationSpec {
  provider?: Provider;
  /**
   * The Secret with the credentials, in the same namespace, of type allclear.dev/credentials. Its annotation allclear.dev/hosts lists the hosts that they may be sent to.
   */
  secretRef: NameRef;
  /**
   * Use this one where several Integrations in reach could do the same and neither a ResponsePolicy nor what is recorded of the incident says which. Of two defaults the one in the incident's own namespace counts; two there are one too many, and the condition says Ambiguous.
   */
  default?: boolean;
  /**
   * Whose incidents may use it.
   */
  allowedNamespaces: {
    /**
     * Same: only its own namespace. All: every namespace that the controller watches.
     */
    from: AllowedFrom;
  };
}
/**
 * The vendor, by its name, with what it needs to know. Exactly one; `kubectl explain integration.spec.provider` lists them. Example: {github: {owner: streamo, repo: incidents}}.
 */
export interface Provider {
  git?: GitOptions;
  github?: GithubOptions;
  slack?: SlackOptions;
}
/**
 * A Git repository that keeps the records. The Secret holds token (https) or sshKey (ssh).
 */
export interface GitOptions {
  /**
   * Where it is cloned from. Example: https://github.com/streamo/incidents.git. Its host must stand in the Secret's annotation allclear.dev/hosts. Allowed: https://, http:// or ssh:// (write ssh://git@host/path for git@host:path); no password in it.
   */
  url: string;
  /**
   * The branch that records are merged into. Allowed: letters, digits and _ , with single . or / or any number of - between them.
   */
  branch: string;
  /**
   * Who the commits are by. Allowed: one line of 1 to 100 characters, without < and >.
   */
  authorName: string;
  /**
   * The mail address of the commits. Allowed: one address, without spaces, < and >.
   */
  authorEmail: string;
}
/**
 * GitHub: issues as tickets, pull requests as reviews. The Secret holds token; or appId, installationId and privateKey.
 */
export interface GithubOptions {
  /**
   * The address of GitHub's REST API. Example: https://github.streamo.example/api/v3 for Enterprise Server. Its host must stand in the Secret's annotation allclear.dev/hosts. Allowed: http:// or https://, a host, a path; no user, no query.
   */
  apiUrl: string;
  /**
   * The user or organisation that owns the repository. Example: streamo. Allowed: letters, digits, - and _ , beginning with a letter or digit.
   */
  owner: string;
  /**
   * The repository for issues and pull requests. Example: incidents. Allowed: letters, digits, -, _ and . , and not two dots at the beginning.
   */
  repo: string;
}
/**
 * Slack: channels, messages, members, bookmarks. The Secret holds botToken, and appToken (Socket) or signingSecret (Http).
 */
export interface SlackOptions {
  /**
   * The address of Slack's Web API; any compatible server will do. Its host must stand in the Secret's annotation allclear.dev/hosts. Allowed: http:// or https://, a host, a path; no user, no query.
   */
  apiUrl: string;
  /**
   * How Slack reaches us. Socket: over a connection that we open, nothing listens. Http: by signed requests.
   */
  mode: 'Socket' | 'Http';
}
/**
 * What was found by asking the vendor. Only the controller writes it.
 */
export interface IntegrationStatus {
  /**
   * The metadata.generation that the controller last acted on.
   */
  observedGeneration?: number;
  account?: AccountStatus;
  /**
   * What it can do; interactive is among them where the Secret has what presses of buttons need. Example: [channel, interactive, message].
   *
   * Items: One capability.
   */
  capabilities?: string[];
  /**
   * Ready, and what stands in its way. What an Integration that is not Ready would do waits for it, and says so; nothing else waits.
   */
  conditions?: Condition[];
}
/**
 * Who we are over there, recorded once. Where a new token belongs to another account, everything stops with AccountChanged instead of being made again.
 */
export interface AccountStatus {
  /**
   * The vendor's id of the account. Example: T024BE7LD.
   */
  id: string;
  /**
   * Its name.
   */
  name: string;
}
