import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, must } from '@/api/client'
import { useDocuments, useEvidence } from '@/api/queries'
import type { Document } from '@/api/types'
import { useFinding } from './finding'
import { useMatterKey } from './matter'

/** The files that are kept with what the page is about: a project, a finding, a matter outside both, or one that is about to begin. */
export function useKept(project: () => string | undefined) {
  const finding = useFinding()
  const matter = useMatterKey()
  const inProject = useDocuments(project)
  const ofFinding = useEvidence(() => (project() ? undefined : finding.value))
  const ofMatter = useQuery({
    queryKey: computed(() => ['documents', 'matter', matter.value]),
    queryFn: () => (matter.value ? must(api.GET('/api/v1/instances/{key}/files', { params: { path: { key: matter.value } } })) : must(api.GET('/api/v1/files'))),
    enabled: computed(() => !project() && !finding.value && matter.value !== undefined),
  })
  return computed<Document[]>(() => (project() ? inProject.data.value : finding.value ? ofFinding.data.value : ofMatter.data.value)?.items ?? [])
}
