/** Sends photos of a case one after the other; sent again, each arrives once. */
import { ask, operation } from '@/api/ask'
import { addCasePhoto } from '@/client'
import { uuid7 } from '@/lib/uuid7'
import type { Role } from './actions'

export interface PickedPhoto {
  role: Role
  file: File
}

/** Remembers the operation of each file, and which have arrived, over failures in between. */
export class PhotoSender {
  private readonly operations = new Map<File, string>()
  private readonly arrived = new Set<File>()

  async send(caseId: string, picked: readonly PickedPhoto[]): Promise<void> {
    for (const { role, file } of picked) {
      if (this.arrived.has(file)) continue
      const id = this.operations.get(file) ?? uuid7()
      this.operations.set(file, id)
      const path = { case_id: caseId }
      await ask(addCasePhoto({ path, body: { role, file }, headers: operation(id) }))
      this.arrived.add(file)
    }
  }
}
