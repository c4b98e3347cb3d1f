/** `workspace/user` of a DELETE's path below `prefix` (`/api/v3/instance`); undefined where it is another path. */
export function pathToPair(path: string, prefix: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const match = /^\/workspaces\/([1-9]\d*)\/members\/users\/([1-9]\d*)$/.exec(path.slice(prefix.length));
  return match === null ? undefined : `${match[1]}/${match[2]}`;
}
