using QLearning.Abstractions;

namespace QLearning.Storage.Agents;

/// <summary>What the end of an episode changes in its agent's row, beside the counters that follow from the trajectory.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="ExplorationRate"><c>current_exploration_rate</c> after the episode.</param>
/// <param name="LearningRate"><c>current_learning_rate</c>.</param>
/// <param name="NewQValues">How many Q-values the agent was the first to learn in the episode.</param>
/// <param name="Status"><c>status</c> after the episode; an agent that was paused or put in error meanwhile stays so.</param>
/// <param name="RateBefore">
/// The exploration rate that the agent had: where the row has another one by now, a SQL program wrote it, and it stays. Null: it is
/// overwritten.
/// </param>
/// <param name="OwnLearningRate">
/// The agent's own learning rate, null when it has its type's: where the row has another one by now, <c>current_learning_rate</c> stays.
/// </param>
public sealed record AgentProgress(
    AgentKey Agent,
    double ExplorationRate,
    double LearningRate,
    int NewQValues,
    AgentStatus Status,
    double? RateBefore = null,
    double? OwnLearningRate = null);

/// <summary>An agent's counters as they stand in its row.</summary>
/// <param name="TotalTasks"><c>total_tasks</c>.</param>
/// <param name="SuccessfulTasks"><c>successful_tasks</c>.</param>
/// <param name="FailedTasks"><c>failed_tasks</c>.</param>
/// <param name="TotalReward"><c>total_reward</c>.</param>
/// <param name="AverageReward"><c>avg_reward</c>.</param>
/// <param name="QValuesStored"><c>q_values_stored</c>.</param>
public readonly record struct AgentTotals(
    int TotalTasks, int SuccessfulTasks, int FailedTasks, double TotalReward, double AverageReward, int QValuesStored);
