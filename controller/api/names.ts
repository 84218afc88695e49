export const group = 'allclear.dev';
export const version = 'v1alpha1';
export const apiVersion = `${group}/${version}` as const;

/** Annotation: whose effects these are (install, namespace, name, uid as JSON). Written once; markers outside carry it. */
export const identityAnnotation = `${group}/identity`;

/** Annotation of a timeline's entry: the `change.id` that it tells of. A repeat of that act is known by it, however late. */
export const changeAnnotation = `${group}/change`;

/** Annotation of the entry that took an incident out of Triage: its title then. A first entry has it as its text. */
export const titleAnnotation = `${group}/title`;

/** Annotation, in memory alone: the type that somebody's entry claims, which only the controller's own entries have. */
export const claimAnnotation = `${group}/claim`;

/** The Lease that the controllers of an install hold, in its own namespace. */
export const leaseName = 'allclear-controller';

/** Annotation of that Lease: the namespaces, comma-separated, whose incidents its holder serves. */
export const servesAnnotation = `${group}/serves`;

/** The controller's field manager. */
export const fieldManager = 'allclear-controller';

/** Annotation: "true" on an object that stands in a record. Applying it again causes no effect. */
export const recordAnnotation = `${group}/record`;

/** Annotation of the Incident in a record: which ending it tells of, a hash of the all clear and its words. */
export const endingAnnotation = `${group}/ending`;

/** Annotation of the Incident in a record: git's hash of the post-mortem as it was drafted with it. While it is that, nobody has edited it. */
export const draftAnnotation = `${group}/draft`;

/** Annotation of an Integration's Secret: the host[:port]s, comma-separated, that its values may be sent to. */
export const hostsAnnotation = `${group}/hosts`;

/** Label of a namespace: `Private` keeps everything of its incidents out of public places. */
export const visibilityLabel = `${group}/visibility`;

/** Finalizer: something outside is undone before the object goes. */
export const cleanupFinalizer = `${group}/cleanup`;

/** Type of an Integration's Secret. No other Secret is ever read. */
export const credentialsType = `${group}/credentials`;
