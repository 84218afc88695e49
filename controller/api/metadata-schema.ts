import type { Schema } from './schema.ts';

// As if all had defaults: the API server takes a null here for absent.
const plain = { hasDefault: true, rules: [] } as const;
const texts: Schema = { ...plain, type: 'object', additionalProperties: { ...plain, type: 'string' } };
const byServer: Schema = { ...plain, description: 'Written by the API server.' };

/**
 * What a file may say under metadata. CRDs can narrow its name and say nothing else of it; the bounds are those of the
 * Kubernetes API (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/).
 */
export function metadataSchema(crd: Schema | undefined): Schema {
  const { properties } = general;
  const maxLength = crd?.properties?.['name']?.maxLength;
  if (maxLength === undefined) return general;
  return { ...general, properties: { ...properties, name: { ...name, maxLength } } };
}

const name: Schema = {
  ...plain,
  type: 'string',
  description: 'Names the object in its namespace. Allowed: lowercase letters, digits, - and . .',
  minLength: 1,
  maxLength: 253,
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$',
};

const general: Schema = {
  ...plain,
  type: 'object',
  description: "The object's name, labels and annotations. Example: {name: mobile-app-login}.",
  properties: {
    name,
    generateName: { ...plain, type: 'string', minLength: 1, maxLength: 253 },
    namespace: {
      ...plain,
      type: 'string',
      description: 'Where it lives. Allowed: lowercase letters, digits and - .',
      maxLength: 63,
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
    },
    labels: {
      ...plain,
      type: 'object',
      additionalProperties: {
        ...plain,
        type: 'string',
        description: 'A label. Allowed: letters, digits, -, _ and . , beginning and ending with a letter or digit.',
        maxLength: 63,
        pattern: '^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$',
      },
    },
    annotations: texts,
    finalizers: { ...plain, type: 'array', items: { ...plain, type: 'string' } },
    ownerReferences: { ...plain, type: 'array', items: { ...plain, type: 'object' } },
    uid: byServer,
    resourceVersion: byServer,
    generation: byServer,
    creationTimestamp: byServer,
    deletionTimestamp: byServer,
    deletionGracePeriodSeconds: byServer,
    managedFields: byServer,
    selfLink: byServer,
  },
};
