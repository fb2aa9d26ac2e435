/** Whether this is a phone, and which fold is open; shared by the parts of the map's screen. */
import { reactive, ref } from 'vue'

const narrow = matchMedia('(max-width: 760px)')
export const phone = ref(narrow.matches)
narrow.addEventListener('change', event => {
  phone.value = event.matches
})

export const folds = reactive({
  list: false,
  /** phone only: the sheet with areas and classes */
  filters: false,
  left: true,
})
