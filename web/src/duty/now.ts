/** The present moment, told again each second while somebody looks. */
import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue'

export function useNow(everyMs = 1_000): Ref<number> {
  const now = ref(Date.now())
  let ticking: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    ticking = setInterval(() => (now.value = Date.now()), everyMs)
  })
  onBeforeUnmount(() => clearInterval(ticking))
  return now
}

/** A stretch as a clock tells it: hours, minutes and seconds, or days and hours. */
export function clockOf(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return `${hours}:${two(minutes)}:${two(seconds % 60)}`
}

export const DAY_MS = 86_400_000
