/**
 * For a controller whose vendors answer within milliseconds and without limits: what is in doubt is settled after
 * two and a half seconds instead of twelve or twenty.
 */
export const impatient = {
  ALLCLEAR_CALL_TIMEOUT_SECONDS: '2',
  ALLCLEAR_READ_LAG_SECONDS: '0.5',
  ALLCLEAR_RATE_LIMITS: 'off',
} as const;

/**
 * The same for tests that say what follows from each call: whatever stands still for three seconds, this process or
 * the controller, no call is given up for it.
 */
export const unhurried = { ...impatient, ALLCLEAR_CALL_TIMEOUT_SECONDS: '4' } as const;
