using QLearning.Abstractions;

namespace QLearning.Storage.Agents;

/// <summary>A change of an agent's rates. What is null stays as the row has it, since SQL programs write there too.</summary>
/// <param name="ExplorationRate">Its exploration rate.</param>
/// <param name="LearningRate">Its step size.</param>
/// <param name="TypeLearningRate">Its step size while it has none of its own.</param>
/// <param name="Own">The settings that are its own from now on.</param>
/// <param name="ForgetsOwn">Whether those of before are forgotten.</param>
public sealed record RateChange(
    double? ExplorationRate, double? LearningRate, double TypeLearningRate, AgentRegistration Own, bool ForgetsOwn);
