/** Whether the name and password of an address can be decoded, which they are to be sent: a stray % cannot. */
export function hasReadableUser({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}
