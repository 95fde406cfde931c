import { defineStore } from 'pinia'
import { createTrial } from './create-trial.ts'

/** What a training with the settings of the Train page would take. */
export const useEstimateStore = defineStore('estimate', () => createTrial('runs.estimate'))

/** The search for a learning rate. */
export const useRateSearchStore = defineStore('rate-search', () => createTrial('runs.findLearningRate'))
