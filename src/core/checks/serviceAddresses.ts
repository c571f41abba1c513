/** CN506: addresses of Services, or of the cluster's DNS, that lie outside of the service ranges or belong to no Service. */
import { type Address, formatAddress, parseAddress, sameAddress } from '../ip/address.js';
import { formatRange } from '../ip/range.js';
import { RangeSet } from '../ip/rangeSet.js';
import { type Claim, isInForce } from '../network/claim.js';
import type { ClusterNetwork } from '../network/clusterNetwork.js';
import type { ClusterFacts } from '../network/facts.js';
import { isKnown } from '../network/facts.js';
import { lastFlag } from '../network/flags.js';
import { at, listOf, parseJson, textOf, textsOf } from '../network/json.js';
import { compareNatural } from '../network/naturalOrder.js';
import { formatPlace, nodeRef, objectPlace, type Place } from '../network/place.js';
import { yamlValues } from '../network/yaml.js';
import { type Check, type Finding, finding, MAX_SUBJECTS } from './check.js';
import { capped, claimEvidence, claimSubject, serviceSubject } from './subjects.js';
import { agree, firstInOrder, listing, listingOf } from './wording.js';

export const serviceAddresses: Check = {
  code: 'CN506',
  name: 'serviceAddresses',
  title: 'A Service or the DNS address is outside of the service range',
  explanation: `A Service keeps the address it was given, even when the service range is another one by now; such an address is not protected from being used elsewhere, and cannot be given out again. The address that kubelets write into pods as their name server (\`clusterDNS\`) has to be that of the cluster's DNS Service: with any other, no name is resolved in pods.

**What to do.** Delete and create the Service anew, so that it gets an address of the present range. Correct \`clusterDNS\` in the kubelets' configuration (k3s, RKE2: \`--cluster-dns\`), restart the kubelets, and make the pods anew.

**Severity.** A warning.

**Not reported.** Link-local name servers (NodeLocal DNSCache), name servers outside of every range of the cluster, which somebody chose on purpose, and service ranges that are only inferred or could not be read in full.`,
  source: {
    sentence: 'you specify an IP address of your choice, from within the configured IP range for Services',
    url: 'https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/',
  },
  run,
};

/** Services with addresses of no service range. */
function strayServices({ facts }: ClusterNetwork, claims: readonly Claim[], ranges: RangeSet): Finding[] {
  const known = { 4: ranges.size(4) > 0n, 6: ranges.size(6) > 0n };
  const stray = facts.services.flatMap((service) =>
    service.clusterIPs.flatMap((field) =>
      field.address.ok && known[field.address.value.family] && !ranges.has(field.address.value)
        ? [{ service, field }]
        : [],
    ),
  );
  if (stray.length === 0) return [];
  const nameOf = ({ service }: (typeof stray)[number]): string => `${service.namespace}/${service.name}`;
  const first = firstInOrder(stray, (a, b) => compareNatural(nameOf(a), nameOf(b)), MAX_SUBJECTS);
  const names = listingOf(first, (one) => `${nameOf(one)} ${one.field.text}`, stray.length);
  return [
    finding(serviceAddresses, {
      severity: 'warning',
      message: `${agree(stray.length, 'The address of Service', 'The addresses of Services')} ${names} ${agree(stray.length, 'lies', 'lie')} outside of the service ${agree(claims.length, 'range', 'ranges')} ${listing(claims.map((claim) => formatRange(claim.range)))}: nothing keeps ${agree(stray.length, 'it', 'them')} from being used elsewhere`,
      subjects: [
        ...first
          .slice(0, MAX_SUBJECTS - claims.length)
          .map(({ service, field }) => serviceSubject(service, field.text, field.path)),
        ...claims.map(claimSubject),
      ],
      total: stray.length + claims.length,
      evidence: [
        ...capped(claims.map(claimEvidence)),
        ...capped(
          first.map((one) => `Service ${nameOf(one)}: ${one.field.text}`),
          stray.length,
        ),
      ],
      key: 'services',
    }),
  ];
}

interface NameServer {
  readonly address: Address;
  readonly place: Place;
}

/** The name servers that kubelets are told to write into pods, as far as the API shows it. */
function nameServers(facts: ClusterFacts): NameServer[] {
  const ofKubelets = facts.configMaps.flatMap(({ ref, data }) =>
    ref.namespace === 'kube-system' && /^kubelet-config(-\d+\.\d+)?$/.test(ref.name)
      ? yamlValues(data['kubelet'] ?? '').flatMap((value) =>
          listOf(at(value, 'clusterDNS')).map((entry) => ({
            text: textOf(entry),
            place: objectPlace(ref, 'data', 'kubelet'),
          })),
        )
      : [],
  );
  const ofK3s = facts.nodes.flatMap((node) =>
    ['k3s.io/node-args', 'rke2.io/node-args'].flatMap((key) => {
      const flag = lastFlag(textsOf(parseJson(node.annotations[key] ?? '')), '--cluster-dns');
      return (flag?.value ?? '')
        .split(',')
        .map((text) => ({ text: text.trim(), place: objectPlace(nodeRef(node.name), 'metadata', 'annotations', key) }));
    }),
  );
  const found: NameServer[] = [];
  for (const { text, place } of [...ofKubelets, ...ofK3s]) {
    const address = parseAddress(text);
    if (!address.ok || found.some((one) => sameAddress(one.address, address.value))) continue;
    found.push({ address: address.value, place });
  }
  return found;
}

/** Name servers in a service range that no Service has. */
function nobodysNameServers({ facts }: ClusterNetwork, ranges: RangeSet): Finding[] {
  const inUse = facts.services.flatMap((service) =>
    service.clusterIPs.flatMap(({ address }) => (address.ok ? [address.value] : [])),
  );
  const dns = facts.services.find(({ namespace, name }) => namespace === 'kube-system' && name === 'kube-dns');
  return nameServers(facts).flatMap(({ address, place }) => {
    if (!ranges.has(address) || inUse.some((used) => sameAddress(used, address))) return [];
    const ip = formatAddress(address);
    const real = dns?.clusterIPs.map(({ text }) => text) ?? [];
    return [
      finding(serviceAddresses, {
        severity: 'warning',
        message: `Kubelets give pods the name server ${ip}, and no Service has that address${real.length === 0 ? '' : ` (kube-dns has ${listing(real)})`}: pods resolve no names`,
        subjects: [
          { place, label: 'clusterDNS', text: ip },
          ...(dns === undefined ? [] : dns.clusterIPs.map((field) => serviceSubject(dns, field.text, field.path))),
        ],
        evidence: [
          `clusterDNS is ${ip} (${formatPlace(place)})`,
          `${facts.services.length} Services were read, none of them has this address`,
        ],
      }),
    ];
  });
}

function run(network: ClusterNetwork): Finding[] {
  const { facts } = network;
  if (!isKnown(facts, 'services')) return [];
  // A range that could not be read may be the one in which an address lies. A server that does not know the kind has none.
  if (facts.gaps.some(({ resource, reason }) => resource === 'servicecidrs.networking.k8s.io' && reason !== 'absent'))
    return [];
  const claims = network.claims.filter(
    (claim) =>
      claim.role === 'service' &&
      isInForce(claim) &&
      (claim.provenance === 'assigned' || claim.provenance === 'declared'),
  );
  const ranges = RangeSet.of(claims.map((claim) => claim.range));
  return [...strayServices(network, claims, ranges), ...nobodysNameServers(network, ranges)];
}
