import type { Adapter, Artifact } from 'oidc-provider';

/** The storage of a provider, in memory. */
export function memoryAdapter(): (kind: string) => Adapter {
  const artifacts = new Map<string, Artifact>();
  const findBy = (isWanted: (artifact: Artifact) => boolean) => [...artifacts.values()].find(isWanted);
  return (kind) => ({
    upsert: async (id, artifact) => void artifacts.set(`${kind} ${id}`, artifact),
    find: async (id) => artifacts.get(`${kind} ${id}`),
    findByUid: async (uid) => findBy((artifact) => artifact.uid === uid),
    findByUserCode: async (userCode) => findBy((artifact) => artifact.userCode === userCode),
    async consume(id) {
      const artifact = artifacts.get(`${kind} ${id}`);
      if (artifact) Object.assign(artifact, { consumed: 1 });
    },
    async revokeByGrantId(grantId) {
      for (const [key, artifact] of artifacts) if (artifact.grantId === grantId) artifacts.delete(key);
    },
    destroy: async (id) => void artifacts.delete(`${kind} ${id}`),
  });
}
