import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js'
import Zoom from 'chartjs-plugin-zoom'

/** Chart.js with the parts that curves need, and no others. */
Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Zoom)

export { Chart }
