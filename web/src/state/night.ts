/** Day or night colours of the duty officer's work place, and of what opens beside it. */
import { computed, ref } from 'vue'
import { DUTY_PANELS, view } from './url'

const KEY = 'sanbai.duty.night'
/** From seven in the evening to seven in the morning, unless somebody has chosen. */
const chosen = ref(localStorage.getItem(KEY))

export const night = computed(() => {
  const hour = new Date().getHours()
  return chosen.value === null ? hour >= 19 || hour < 7 : chosen.value === 'yes'
})

/** Whether what stands beside the desk, or was opened from it, is dark too. */
export const darkBeside = computed(
  () => night.value && DUTY_PANELS.some((name) => name === view.panel),
)

export function switchNight(): void {
  chosen.value = night.value ? 'no' : 'yes'
  localStorage.setItem(KEY, chosen.value)
}
