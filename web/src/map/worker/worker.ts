/** The tile worker of the desk's client. */
import type { ToWorker } from './protocol'
import { receive } from './run'

self.onmessage = (event: MessageEvent<ToWorker>) => receive(event.data)
