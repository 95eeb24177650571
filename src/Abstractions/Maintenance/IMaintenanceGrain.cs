namespace QLearning.Abstractions;

/// <summary>
/// Clean-up and view refresh for the whole cluster: one activation, woken by Orleans reminders, however many silos there are. The key is
/// <see cref="Key"/>.
/// </summary>
[Alias("QLearning.IMaintenanceGrain")]
public interface IMaintenanceGrain : IGrainWithStringKey
{
    /// <summary>The key of the one activation.</summary>
    const string Key = "maintenance";

    /// <summary>Sets the reminders, if they are not set as the silo's options want; each silo asks for it when it starts.</summary>
    [Alias("Schedule")]
    ValueTask Schedule();

    /// <summary>Begins a job and returns at once; when it runs already, that run goes on.</summary>
    /// <param name="job">The job.</param>
    /// <exception cref="InvalidInputException">The job is unknown.</exception>
    [Alias("Start")]
    ValueTask Start(MaintenanceJob job);

    /// <summary>What was done last, and what is being done.</summary>
    [Alias("GetStatus")]
    ValueTask<MaintenanceStatus> GetStatus();
}
