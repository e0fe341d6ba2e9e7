import type { Stretch } from './figures.js'
import { closedLoop } from './load.js'
import { takeOrders } from '../frame/ordered-process.js'
import { overload, type Overload } from './overload.js'
import type { SenderOrder } from './sender.js'

/** Nothing but what is sent, and what comes back. */
takeOrders(async (order: SenderOrder): Promise<Stretch | Overload> => order.kind === 'closedLoop' ? await closedLoop(order.load) : await overload(order.order))
