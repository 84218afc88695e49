import { group, version } from '../api/names.ts';
import { plurals, type KindName } from '../api/kinds.gen.ts';
import type { Resource } from '../runtime/kube-object.ts';

/** Where each of our kinds is served. */
export const resourceOf = (kind: KindName): Resource => ({ group, version, plural: plurals[kind] });

export const secrets: Resource = { group: '', version: 'v1', plural: 'secrets' };
export const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps' };
export const events: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events' };
export const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces', namespaced: false };
export const subjectAccessReviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  namespaced: false,
};
