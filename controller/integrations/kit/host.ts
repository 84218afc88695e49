/** Host and port of an address, as they stand in the Secret's annotation: `api.github.com`, `127.0.0.1:4001`. */
export const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : address);
