/** What Kubernetes injects for a Service: its host, its ports, and the links that Docker once made. */
const injected =
  /^OFFBOARD(_[A-Z\d]+)*?_(SERVICE_HOST|SERVICE_PORT(_[A-Z\d_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/**
 * Whether Kubernetes itself puts this variable into every pod beside a Service named `offboard` or `offboard-…`:
 * `OFFBOARD_SERVICE_HOST`, `OFFBOARD_API_PORT_443_TCP_ADDR` … They are nobody's mistake and are ignored.
 */
export function isKubernetesVariable(name: string): boolean {
  return injected.test(name);
}
